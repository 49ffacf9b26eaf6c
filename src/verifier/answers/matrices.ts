/** Matrices and column vectors, as rows of texts. */
import { splitTop } from "./normalise.js";

export interface Matrix {
  readonly rows: readonly (readonly string[])[];
}

const BEGIN = /\\begin ?\{ ?([pbvBV]?matrix|array) ?\}/;
const MAX_CELLS = 400;

/** `\begin{pmatrix} ... \end{pmatrix}` with a factor before it, or `[[1, 2], [3, 4]]`; null for anything else. */
export function matrixOf(text: string): Matrix | null {
  return text.includes("\\begin") ? environment(text) : nested(text);
}

function environment(text: string): Matrix | null {
  const begin = BEGIN.exec(text);
  const kind = begin?.[1];
  if (begin === null || kind === undefined) return null;
  const from = begin.index + begin[0].length;
  const to = text.indexOf("\\end", from);
  if (to < 0) return null;
  const behind = text
    .slice(to)
    .replace(/^\\end ?\{[^{}]{0,20}\}/, "")
    .trim();
  const factor = text
    .slice(0, begin.index)
    .replace(/^[A-Za-z] ?=/, "")
    .trim();
  const next = behind.startsWith("\\begin") ? environment(behind) : null;
  const wrapped = behind === "" || /^[\])}]$/.test(behind) || next !== null;
  if (!wrapped || kind === "vmatrix" || /[=,]/.test(factor)) return null;
  const rows = text
    .slice(from, to)
    .replace(/^ ?\{[lcr| ]{0,20}\}/, "")
    .split("\\\\")
    .map((row) => row.split("&").map((cell) => cell.trim()))
    .filter((row) => row.some((cell) => cell !== ""));
  if (rows.flat().length > MAX_CELLS) return null;
  if (next !== null) return product(rows, next.rows);
  const scale = factor === "" || /^[[({]$/.test(factor) ? null : factor;
  return { rows: scale === null ? rows : rows.map((row) => row.map((cell) => `(${scale})(${cell})`)) };
}

/** The product of two matrices, its cells written out. */
function product(a: readonly (readonly string[])[], b: readonly (readonly string[])[]): Matrix | null {
  if (a.length * b.length > MAX_CELLS || !a.every((row) => row.length === b.length)) return null;
  const columns = b[0]?.map((_, j) => b.map((row) => row[j] ?? "0")) ?? [];
  const cell = (row: readonly string[], column: readonly string[]) =>
    row.map((left, k) => `(${left})(${column[k] ?? "0"})`).join("+");
  return { rows: a.map((row) => columns.map((column) => cell(row, column))) };
}

const comma = (text: string, i: number): number => (text[i] === "," ? 1 : 0);

function nested(text: string): Matrix | null {
  if (!/^\[ ?\[/.test(text) || !/\] ?\]$/.test(text)) return null;
  const rows = splitTop(text.slice(1, -1), comma);
  if (rows.length > MAX_CELLS || !rows.every((row) => row.startsWith("[") && row.endsWith("]"))) return null;
  return { rows: rows.map((row) => splitTop(row.slice(1, -1), comma)) };
}

/** The determinant of a `vmatrix` written out, up to three rows; null for anything else. */
export function determinant(text: string): string | null {
  const body = /^\\begin ?\{vmatrix\}([^{}]+)\\end ?\{vmatrix\}$/.exec(text)?.[1];
  if (body === undefined) return null;
  const rows = body
    .split("\\\\")
    .map((row) => row.split("&").map((cell) => cell.trim()))
    .filter((row) => row.some((cell) => cell !== ""));
  const square = rows.length <= 3 && rows.every((row) => row.length === rows.length);
  return square ? expand(rows) : null;
}

/** Laplace's expansion along the first row. */
function expand(rows: readonly (readonly string[])[]): string {
  const [first = [], ...rest] = rows;
  if (rest.length === 0) return `(${first[0] ?? "0"})`;
  return first
    .map((cell, j) => {
      const minor = rest.map((row) => row.filter((_, k) => k !== j));
      return `${j % 2 === 0 ? "+" : "-"}(${cell})(${expand(minor)})`;
    })
    .join("");
}

/** A single row or column as a list of its cells. */
export function vector({ rows }: Matrix): readonly string[] | null {
  if (rows.length === 1) return rows[0] ?? null;
  return rows.every((row) => row.length === 1) ? rows.flat() : null;
}
