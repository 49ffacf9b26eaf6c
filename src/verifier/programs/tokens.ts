/** The tokens of a Python program, as far as plain arithmetic goes. */

export interface PythonToken {
  readonly kind: "number" | "string" | "name" | "sign" | "end";
  readonly text: string;
}

const TOKEN =
  /([ \t]+|#[^\n]*)|(\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z]{0,2}(?:"[^"\n\\]*(?:\\.[^"\n\\]*)*"|'[^'\n\\]*(?:\\.[^'\n\\]*)*'))|([A-Za-z_]\w*)|(\n|;)|(\/\/=|\*\*=|\/\/|\*\*|[<>=!]=|[-+*/%]=|[-+*/%()[\]{}<>=,.:@&|^~!])/y;
const KINDS = ["space", "number", "string", "name", "end", "sign"] as const;

/**
 * The statements of a program, each as its tokens with an "end" behind them; null where a line is indented, or a
 * character stands there that plain arithmetic has no use for. A line goes on while a bracket is open.
 */
export function statementsOf(code: string): PythonToken[][] | null {
  const out: PythonToken[][] = [];
  let line: PythonToken[] = [];
  let open = 0;
  let at = 0;
  while (at < code.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(code);
    const kind = KINDS[match?.slice(1).findIndex((part) => part !== undefined) ?? -1];
    if (match === null || kind === undefined) return null;
    const [text] = match;
    const start = at;
    at += text.length;
    if (kind === "end" && open === 0) {
      if (line.length > 0) out.push([...line, { kind, text }]);
      line = [];
    }
    if (kind === "end" || kind === "space") continue;
    if (line.length === 0 && /[ \t]/.test(code[start - 1] ?? "") && indented(code, start)) return null;
    if (/^[([{]$/.test(text)) open++;
    if (/^[)\]}]$/.test(text)) open--;
    line.push({ kind, text });
  }
  if (line.length > 0) out.push([...line, { kind: "end", text: "" }]);
  return out;
}

/** Whether nothing but white space stands before a place of its line. */
function indented(code: string, at: number): boolean {
  return code.slice(code.lastIndexOf("\n", at - 1) + 1, at).trim() === "";
}
