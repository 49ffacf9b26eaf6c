/**
 * Runs a Python program of plain arithmetic: assignments and `print`. Solutions of models that were trained on code write
 * such programs and then make up what they print.
 */
import { type Budget, MAX_PROGRAM } from "../limits.js";
import { Beyond, KEYWORDS, operate, Reader, Stop, single } from "./expression.js";
import { type PythonValue, printed } from "./printing.js";
import { type PythonToken, statementsOf } from "./tokens.js";

export interface Run {
  /** What each line of the output says; null where it is not known. */
  readonly lines: readonly (string | null)[];
  /** Why Python stops before the end, as a clause. */
  readonly stop: string | null;
}

/** Names with their values: the next program of the same solution may use what one defined. */
export type Names = Map<string, PythonValue>;

/**
 * What a program prints, or null where it holds a statement that is not run here (a loop, a condition, a definition).
 * Numbers are exact: one that Python's floats would round is told as it is.
 *
 * @param names what earlier programs defined; this one's names are added
 */
export function runProgram(code: string, names: Names, budget: Budget): Run | null {
  if (code.length > MAX_PROGRAM || !budget.spend(code.length)) return null;
  const statements = statementsOf(code);
  if (statements === null) return null;
  const lines: (string | null)[] = [];
  try {
    for (const statement of statements) run(statement, names, lines);
  } catch (error) {
    if (error instanceof Beyond) return null;
    if (error instanceof Stop) return { lines, stop: error.reason };
    throw error;
  }
  return { lines, stop: null };
}

function run(tokens: readonly PythonToken[], names: Names, lines: (string | null)[]): void {
  const [first, second] = tokens;
  if (first?.text === "import") importNames(tokens, names);
  else if (first?.text === "from") importFrom(tokens, names);
  else if (first === undefined || KEYWORDS.has(first.text)) throw new Beyond();
  else if (first.text === "print" && second?.text === "(") print(tokens, names, lines);
  else if (first.kind === "string" && second?.kind === "end")
    return; // A comment in the shape of a text.
  else if (first.kind === "name" && /^[-+*/%]{1,2}=$/.test(second?.text ?? "")) update(tokens, names);
  else assign(tokens, names);
}

/** `import sympy as sp, math`: what is imported has a name, and no value that is known. */
function importNames(tokens: readonly PythonToken[], names: Names): void {
  for (const [i, { kind, text }] of tokens.entries()) {
    const before = tokens[i - 1]?.text;
    if (kind === "name" && (before === "import" || before === "as" || before === ",")) names.set(text, null);
  }
}

/** `from math import sqrt, ceil`; with an asterisk any name may be defined. */
function importFrom(tokens: readonly PythonToken[], names: Names): void {
  if (tokens.some(({ text }) => text === "*")) throw new Beyond();
  importNames(tokens.slice(tokens.findIndex(({ text }) => text === "import")), names);
}

/** `print(a, f"{b}")`; one that is told how to end its line is beyond what is run here. */
function print(tokens: readonly PythonToken[], names: Names, lines: (string | null)[]): void {
  if (tokens.some(({ kind, text }) => kind === "name" && (text === "end" || text === "sep")))
    throw new Beyond();
  const values = known(() => {
    const reader = new Reader(tokens.slice(2), names);
    const list = reader.list(")");
    if (reader.next.kind !== "end") throw new Beyond();
    return list;
  });
  const texts = values?.map(printed) ?? [null];
  if (texts.includes(null)) lines.push(null);
  else lines.push(...texts.join(" ").split("\n"));
}

/** `total += 3` */
function update(tokens: readonly PythonToken[], names: Names): void {
  const [target, sign] = tokens;
  if (target === undefined || sign === undefined) throw new Beyond();
  const before = names.get(target.text);
  if (before === undefined) throw new Stop(`${target.text} is not defined`);
  const value = single(known(() => new Reader(tokens.slice(2), names).list("")) ?? [null]);
  names.set(target.text, operate(sign.text.slice(0, -1), before, value));
}

/** `a = 1`, `a = b = 1`, `a, b = 1, 2`, `a: int = 3`. A value that is not known makes its names unknown. */
function assign(tokens: readonly PythonToken[], names: Names): void {
  const { targets, rest } = targetsOf(tokens);
  if (targets.length === 0) throw new Beyond();
  const values = known(() => new Reader(rest, names).list("")) ?? [null];
  for (const target of targets) {
    const shared = target.length === 1 ? [single(values)] : values;
    for (const [i, name] of target.entries())
      names.set(name, shared.length === target.length ? (shared[i] ?? null) : null);
  }
}

/** The names before each equals sign that a statement begins with, and what stands behind the last of these signs. */
function targetsOf(tokens: readonly PythonToken[]): { targets: string[][]; rest: readonly PythonToken[] } {
  const targets: string[][] = [];
  let target: string[] = [];
  let from = 0;
  for (const [i, { kind, text }] of tokens.entries()) {
    if (text === "=") {
      targets.push(target);
      target = [];
      from = i + 1;
      continue;
    }
    const before = tokens[i - 1]?.text;
    if (kind === "name" && (i === from || before === ",")) target.push(text);
    else if (text !== "," && text !== ":" && before !== ":") break;
  }
  return { targets, rest: tokens.slice(from) };
}

/** What a reading gives, or null where it is beyond what is read here. */
function known<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Beyond) return null;
    throw error;
  }
}
