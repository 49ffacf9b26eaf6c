/** What can be decided only when a token and its neighbours are known. */
import type { Token } from "./tokens.js";

/** Drops the inner borders of formulas that one calculation spans: `\(10\) (last night) + \(45\) = \(55\)`. */
export function joinFormulas(tokens: Token[]): Token[] {
  if (!tokens.some((token) => token.kind === "break" && token.text !== "\n")) return tokens;
  return tokens.filter((token, i) => {
    if (token.kind !== "break") return true;
    const before = tokens[i - 1]?.kind;
    const after = tokens[i + 1];
    if (token.text === "(" || token.text === "$") {
      if (before === "operator" || before === "relation") return false;
    }
    if (token.text !== ")" && token.text !== "$") return true;
    const remark = after?.kind === "open" && !after.math && tokens[i + 2]?.kind === "word";
    return !(remark || after?.kind === "operator" || after?.kind === "relation");
  });
}

/** "3 x 5", "2 x $4", "3 plates x $6": outside mathematics an x between two amounts multiplies. */
export function timesSigns(tokens: Token[]): Token[] {
  const candidate = (token: Token) =>
    token.kind === "variable" && !token.math && (token.text === "x" || token.text === "X");
  if (!tokens.some(candidate)) return tokens;
  return tokens.map((token, i) => {
    if (!candidate(token)) return token;
    const before = tokens[i - 1];
    const after = tokens[i + 1];
    const left =
      before?.kind === "number" ||
      before?.kind === "close" ||
      before?.kind === "percent" ||
      before?.kind === "word";
    const right =
      after?.kind === "number" || after?.kind === "currency" || (after?.kind === "open" && token.spaced);
    if (!left || !right || token.spaced !== after.spaced) return token;
    return { ...token, kind: "operator", text: "*" };
  });
}
