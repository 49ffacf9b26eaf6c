/**
 * The two sides of a relation: the longest expression that ends before it, in its clause, and the one that begins behind
 * it. Where more belongs to a side than can be read it is left unread; words alone are a label.
 */
import type { Chain, Side } from "./claims.js";
import { clauseStart, isBullet, isRest } from "./clauses.js";
import { type Node, variablesIn } from "./expression/ast.js";
import type { Token } from "./expression/lexer.js";
import { parse, parseExactly } from "./expression/parser.js";
import { startsOperand } from "./expression/unitwords.js";
import { type Budget, MAX_SIDE_TOKENS } from "./limits.js";

export class SideReader {
  constructor(
    private readonly tokens: readonly Token[],
    private readonly budget: Budget,
  ) {}

  /** The first token from `from` on that is no layout. */
  skipBreaks(from: number): number {
    let i = from;
    while (i < from + 4 && this.tokens[i]?.kind === "break" && this.tokens[i]?.text !== "=>") i++;
    return i;
  }

  /** The side that ends before the relation at `end`. */
  left(end: number, previous: Chain | undefined): { side: Side; lead: string[] } {
    let to = end;
    while (
      to > 0 &&
      this.tokens[to - 1]?.kind === "break" &&
      this.tokens[to - 1]?.text !== "\n" &&
      this.tokens[to - 1]?.text !== "=>"
    )
      to--;
    const from = clauseStart(this.tokens, to);
    let at = from;
    while (at < to) {
      const token = this.tokens[at];
      if (token === undefined || !this.budget.spend()) break;
      const begins =
        startsOperand(token) ||
        (token.kind === "operator" &&
          token.text === "-" &&
          startsOperand(this.tokens[at + 1]) &&
          !isBullet(this.tokens, at)) ||
        token.kind === "word";
      const parsed = begins ? parse(this.tokens, at, { to }) : null;
      if (parsed === null) {
        at++;
        continue;
      }
      if (parsed.next === to) {
        if (isRest(this.tokens, from, at)) break;
        return { side: this.side(parsed.node, at, to), lead: this.leadWords(from, at, previous) };
      }
      at = Math.max(at + 1, parsed.next);
    }
    return { side: this.unreadable(from, to), lead: this.leadWords(from, from, previous) };
  }

  /** The side that begins behind the relation. */
  right(from: number): { side: Side; next: number } {
    const at = this.skipBreaks(from);
    const parsed = parse(this.tokens, at);
    if (parsed !== null) {
      const after = this.tokens[parsed.next];
      // "5 mod 7", "3 R 1", "5 ± 2": more belongs to the value than was read.
      if (after !== undefined && this.goesOnUnread(after, parsed.next)) {
        return { side: this.unreadable(at, parsed.next), next: parsed.next };
      }
      return { side: this.side(parsed.node, at, parsed.next), next: parsed.next };
    }
    let next = at;
    while (next < this.tokens.length && next - at < MAX_SIDE_TOKENS) {
      const token = this.tokens[next];
      if (
        token === undefined ||
        token.kind === "relation" ||
        token.kind === "break" ||
        this.endsSentence(next)
      )
        break;
      next++;
    }
    return { side: this.unreadable(at, next), next };
  }

  private goesOnUnread(after: Token, index: number): boolean {
    if (after.text === "." && this.tokens[index + 1]?.kind === "unknown") return true;
    if (after.kind === "unknown") return after.text !== "..." || this.tokens[index + 1]?.kind === "operator";
    if (after.text === "-" && after.math) return true;
    if (after.kind === "operator")
      return after.text !== "-" && !isBullet(this.tokens, index) && after.text !== "!";
    if (after.kind === "word")
      return ["mod", "remainder", "r", "modulo", "choose"].includes(after.text.toLowerCase());
    if (after.kind === "variable") return !after.math && (after.text === "R" || after.text === "r");
    return false;
  }

  private endsSentence(i: number): boolean {
    const token = this.tokens[i];
    return token?.kind === "punctuation" && token.text !== "," && (this.tokens[i + 1]?.spaced ?? true);
  }

  private side(node: Node, from: number, to: number): Side {
    const first = this.tokens[from];
    const last = this.tokens[to - 1];
    // Only a quotient can be read in two ways.
    const divides = this.tokens.slice(from, to).some((token) => token.text === "/");
    const tight = divides ? parseExactly(this.tokens, from, to, { tight: true }) : node;
    return {
      node,
      tight,
      variables: variablesIn(node),
      label: null,
      start: first?.start ?? 0,
      end: last?.end ?? 0,
    };
  }

  private unreadable(from: number, to: number): Side {
    const words = this.words(from, to);
    const start = this.tokens[from]?.start ?? this.tokens[to]?.start ?? 0;
    const end = to > from ? (this.tokens[to - 1]?.end ?? start) : start;
    const plain =
      to > from && this.tokens.slice(from, to).every((t) => t.kind === "word" || t.kind === "punctuation");
    return {
      node: null,
      tight: null,
      variables: [],
      label: plain && words.length <= 14 ? words.join(" ") : null,
      start,
      end,
    };
  }

  private words(from: number, to: number): string[] {
    const out: string[] = [];
    for (let i = Math.max(from, to - 14); i < to; i++) {
      const token = this.tokens[i];
      if (token?.kind === "word") out.push(token.text.toLowerCase());
    }
    return out;
  }

  /** The words before a side, looking through the border of its formula but not across a sentence. */
  private leadWords(from: number, at: number, previous: Chain | undefined): string[] {
    let start = from;
    while (start > 0 && from - start < 14) {
      const token = this.tokens[start - 1];
      const border =
        token?.kind === "break" && (token.text === "(" || token.text === "$" || token.text === "[");
      if (token?.kind !== "word" && !border) break;
      start--;
    }
    const words = this.words(start, at);
    const near = previous !== undefined && (this.tokens[start]?.start ?? 0) - previous.end < 12;
    return near && (words.length === 0 || words[0] === "and") ? [...previous.lead, ...words] : words;
  }
}
