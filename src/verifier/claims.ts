/**
 * Chains of equalities in a step: `total cost = 3 * $5 = $15`, `6x = 30`, "half of 48 is 24". A side is an expression,
 * a label in words, or unreadable.
 */
import { isLiteral, type Node } from "./expression/ast.js";
import type { Token } from "./expression/lexer.js";
import { parse, parseExactly } from "./expression/parser.js";
import { startsOperand } from "./expression/unitwords.js";
import { type Budget, MAX_SIDE_TOKENS } from "./limits.js";

type Relation = "=" | "~" | "<" | ">" | "<=" | ">=" | "!=" | "mod";

export interface Side {
  readonly node: Node | null;
  /** The same tokens with `1/2x` read as 1/(2x), where that differs. */
  readonly tight: Node | null;
  /** Lower-case words, where the side is a name in prose ("total cost"); null otherwise. */
  readonly label: string | null;
  /** Character span in the solution. */
  readonly start: number;
  readonly end: number;
}

export interface Chain {
  readonly step: number;
  readonly sides: readonly Side[];
  /** relations[i] stands between sides[i] and sides[i + 1]. */
  readonly relations: readonly Relation[];
  /** The words before the chain in its clause, lower-case, nearest last ("if", "let", "so"). */
  readonly lead: readonly string[];
  /** Words directly behind the chain, lower-case: the noun or unit of its result. */
  readonly trail: readonly string[];
  readonly start: number;
  readonly end: number;
  /** Written as "is", "equals" instead of a sign. */
  readonly worded: boolean;
}

/** The noun or unit of a chain's result: the word behind it, or the one read as part of it. */
export function nounOf(chain: Chain): string {
  const last = chain.sides.at(-1)?.node;
  return chain.trail[0] ?? (last?.type === "quantity" ? (last.unit.split(" ")[0] ?? "") : "");
}

const WORD_RELATIONS = new Set(["is", "equals", "equal", "gives", "makes"]);
/** Words that tie the value behind them to something before: an expression cannot begin behind them. */
const BINDING = new Set([
  "than",
  "times",
  "minus",
  "plus",
  "less",
  "more",
  "half",
  "twice",
  "double",
  "triple",
  "third",
  "quarter",
]);
/** Behind these "by" names an operand; "falls by 10% of 20" names a value. */
const DIVIDES = /^(?:multipl|divid)/i;
/** "is 5 more than", "is 3 times": what follows is a comparison, not a value. */
const COMPARISON = new Set([
  "more",
  "less",
  "fewer",
  "times",
  "percent",
  "of",
  "greater",
  "older",
  "younger",
  "taller",
  "longer",
  "shorter",
  "divided",
  "multiplied",
]);
const PREPOSITIONS = new Set([
  "of",
  "in",
  "for",
  "from",
  "by",
  "with",
  "are",
  "to",
  "and",
  "on",
  "at",
  "under",
  "or",
  "between",
]);
const MAX_CLAUSE = 160;

/** Every chain of a step's tokens, in order. */
export function chainsOf(step: number, tokens: readonly Token[], budget: Budget): Chain[] {
  return new ChainReader(step, tokens, budget).run();
}

interface Draft {
  sides: Side[];
  relations: Relation[];
  lead: string[];
  worded: boolean;
  /** Token index behind the last side. */
  next: number;
}

class ChainReader {
  private readonly chains: Chain[] = [];
  private draft: Draft | null = null;

  constructor(
    private readonly step: number,
    private readonly tokens: readonly Token[],
    private readonly budget: Budget,
  ) {}

  run(): Chain[] {
    for (let i = 0; i < this.tokens.length; i++) {
      if (!this.budget.spend()) break;
      const token = this.tokens[i];
      if (token?.kind === "relation") this.relation(i, token.text as Relation, i + 1, false);
      else if (token?.kind === "word" && WORD_RELATIONS.has(token.text.toLowerCase())) this.wordRelation(i);
    }
    this.close();
    return this.chains;
  }

  private wordRelation(i: number): void {
    let from = i + 1;
    if (this.tokens[from]?.kind === "word" && ["to", "equal", "a"].includes(this.tokens[from]?.text ?? ""))
      from++;
    if (this.tokens[from]?.text === "to") from++;
    const value = this.skipBreaks(from);
    if (!startsOperand(this.tokens[value])) return;
    // "3 * $2, which is $6"
    let end = i;
    if (this.tokens[end - 1]?.text === "which") end--;
    if (end < i && this.tokens[end - 1]?.text === ",") end--;
    if (this.draft !== null && end <= this.draft.next) return;
    const left = this.left(end);
    if (left.side.node === null || isLiteral(left.side.node) || left.side.node.type === "variable") return;
    // "the units digit of 16^17 is 6" speaks of something of the expression, not of its value.
    if (PREPOSITIONS.has(left.lead.at(-1) ?? "")) return;
    const right = this.right(value);
    if (right.side.node === null || !isLiteral(right.side.node)) return;
    const after = this.tokens[right.next];
    if (after?.kind === "word" && COMPARISON.has(after.text.toLowerCase())) return;
    if (after?.kind === "operator" || after?.kind === "percent") return;
    this.close();
    this.draft = {
      sides: [left.side, right.side],
      relations: ["="],
      lead: left.lead,
      worded: true,
      next: right.next,
    };
  }

  private relation(i: number, relation: Relation, from: number, worded: boolean): void {
    const joined = this.draft !== null && this.continues(this.draft, i);
    if (!joined) {
      this.close();
      const left = this.left(i);
      this.draft = { sides: [left.side], relations: [], lead: left.lead, worded, next: i };
    }
    if (this.draft === null) return;
    const right = this.right(from);
    this.draft.relations.push(relation);
    this.draft.sides.push(right.side);
    this.draft.next = right.next;
  }

  /** Whether the relation at `i` follows the draft's last side with nothing but layout between. */
  private continues(draft: Draft, i: number): boolean {
    let newline = false;
    for (let k = draft.next; k < i; k++) {
      const token = this.tokens[k];
      if (token?.kind !== "break") return false;
      if (token.text === "=>") return false;
      if (token.text === "\n") newline = true;
    }
    return !newline || this.tokens[i - 1]?.kind === "break";
  }

  private skipBreaks(from: number): number {
    let i = from;
    while (i < from + 4 && this.tokens[i]?.kind === "break" && this.tokens[i]?.text !== "=>") i++;
    return i;
  }

  /** The side that ends before the relation at `end`. */
  private left(end: number): { side: Side; lead: string[] } {
    let to = end;
    while (
      to > 0 &&
      this.tokens[to - 1]?.kind === "break" &&
      this.tokens[to - 1]?.text !== "\n" &&
      this.tokens[to - 1]?.text !== "=>"
    )
      to--;
    const from = this.clauseStart(to);
    let at = from;
    while (at < to) {
      const token = this.tokens[at];
      if (token === undefined || !this.budget.spend()) break;
      const begins =
        startsOperand(token) ||
        (token.kind === "operator" &&
          token.text === "-" &&
          startsOperand(this.tokens[at + 1]) &&
          !this.isBullet(at)) ||
        token.kind === "word";
      const parsed = begins ? parse(this.tokens, at, { to }) : null;
      if (parsed === null) {
        at++;
        continue;
      }
      if (parsed.next === to) {
        const before = this.tokens[at - 1];
        if (at > from && before !== undefined && (this.bindsForward(before) || this.dividesBy(from, at - 1)))
          break;
        const minus = token.kind === "operator" && before !== undefined && at > from;
        if (minus && before.kind !== "word" && before.kind !== "punctuation") break;
        return { side: this.side(parsed.node, at, to), lead: this.leadWords(from, at) };
      }
      at = Math.max(at + 1, parsed.next);
    }
    return { side: this.unreadable(from, to), lead: this.leadWords(from, from) };
  }

  private bindsForward(token: Token): boolean {
    if (token.kind === "operator") return !this.isBulletToken(token);
    if (token.kind === "unknown" || token.kind === "degree") return true;
    return token.kind === "word" && BINDING.has(token.text.toLowerCase());
  }

  /** "divided by", "multiply the sum by", "20 by": the word `by` joins what follows to what was before. */
  private dividesBy(from: number, by: number): boolean {
    if (this.tokens[by]?.text.toLowerCase() !== "by") return false;
    const before = this.tokens[by - 1];
    if (by > from && before !== undefined && before.kind !== "word") return true;
    return this.tokens.slice(from, by).some((token) => DIVIDES.test(token.text));
  }

  private isBulletToken(token: Token): boolean {
    const index = this.tokens.indexOf(token);
    return this.isBullet(index);
  }

  /** A dash or star that opens a line: a list item. */
  private isBullet(i: number): boolean {
    const before = this.tokens[i - 1];
    const token = this.tokens[i];
    const next = this.tokens[i + 1];
    if (token === undefined || token.math || (token.text !== "-" && token.text !== "*")) return false;
    return (before === undefined || before.text === "\n") && next !== undefined && next.start > token.end;
  }

  private clauseStart(to: number): number {
    let depth = 0;
    let i = to;
    while (i > 0 && to - i < MAX_CLAUSE) {
      const token = this.tokens[i - 1];
      if (token === undefined) break;
      if (token.kind === "close") depth++;
      if (token.kind === "open") {
        if (depth === 0) break;
        depth--;
      }
      if (depth === 0) {
        if (token.kind === "relation" || token.kind === "break") break;
        if (token.kind === "punctuation") break;
      }
      i--;
    }
    if (this.isBullet(i)) return i + 1;
    return i;
  }

  /** The side that begins behind the relation. */
  private right(from: number): { side: Side; next: number } {
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
    if (after.kind === "operator") return after.text !== "-" && !this.isBullet(index) && after.text !== "!";
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
    const tight = parseExactly(this.tokens, from, to, { tight: true });
    return { node, tight, label: null, start: first?.start ?? 0, end: last?.end ?? 0 };
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
  private leadWords(from: number, at: number): string[] {
    let start = from;
    while (start > 0 && from - start < 14) {
      const token = this.tokens[start - 1];
      const border =
        token?.kind === "break" && (token.text === "(" || token.text === "$" || token.text === "[");
      if (token?.kind !== "word" && !border) break;
      start--;
    }
    const words = this.words(start, at);
    const previous = this.chains.at(-1);
    const near = previous !== undefined && (this.tokens[start]?.start ?? 0) - previous.end < 12;
    return near && (words.length === 0 || words[0] === "and") ? [...previous.lead, ...words] : words;
  }

  private close(): void {
    const { draft } = this;
    this.draft = null;
    if (draft === null || draft.sides.length < 2) return;
    const trail: string[] = [];
    for (let i = this.skipBreaks(draft.next); i < draft.next + 7; i++) {
      const token = this.tokens[i];
      if (token?.kind !== "word") break;
      trail.push(token.text.toLowerCase());
    }
    const first = draft.sides[0];
    const last = draft.sides.at(-1);
    this.chains.push({
      step: this.step,
      sides: draft.sides,
      relations: draft.relations,
      lead: draft.lead,
      trail,
      start: first?.start ?? 0,
      end: last?.end ?? 0,
      worded: draft.worded,
    });
  }
}
