/**
 * Chains of equalities in a step: `total cost = 3 * $5 = $15`, `6x = 30`, "half of 48 is 24". A side is an expression,
 * a label in words, or unreadable.
 */
import { isLiteral, type Node } from "./expression/ast.js";
import type { Token } from "./expression/lexer.js";
import { startsOperand } from "./expression/unitwords.js";
import type { Budget } from "./limits.js";
import { SideReader } from "./sides.js";

type Relation = "=" | "~" | "<" | ">" | "<=" | ">=" | "!=" | "mod";

export interface Side {
  readonly node: Node | null;
  /** The same tokens with `1/2x` read as 1/(2x), where that differs. */
  readonly tight: Node | null;
  /** Names of the free variables of `node`, sorted. */
  readonly variables: readonly string[];
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
  private readonly sides: SideReader;

  constructor(
    private readonly step: number,
    private readonly tokens: readonly Token[],
    private readonly budget: Budget,
  ) {
    this.sides = new SideReader(tokens, budget);
  }

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
    const value = this.sides.skipBreaks(from);
    if (!startsOperand(this.tokens[value])) return;
    // "3 * $2, which is $6"
    let end = i;
    if (this.tokens[end - 1]?.text === "which") end--;
    if (end < i && this.tokens[end - 1]?.text === ",") end--;
    if (this.draft !== null && end <= this.draft.next) return;
    const left = this.sides.left(end, this.chains.at(-1));
    if (left.side.node === null || isLiteral(left.side.node) || left.side.node.type === "variable") return;
    // "the units digit of 16^17 is 6" speaks of something of the expression, not of its value.
    if (PREPOSITIONS.has(left.lead.at(-1) ?? "")) return;
    const right = this.sides.right(value);
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
      const left = this.sides.left(i, this.chains.at(-1));
      this.draft = { sides: [left.side], relations: [], lead: left.lead, worded, next: i };
    }
    if (this.draft === null) return;
    const right = this.sides.right(from);
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

  private close(): void {
    const { draft } = this;
    this.draft = null;
    if (draft === null || draft.sides.length < 2) return;
    const trail: string[] = [];
    for (let i = this.sides.skipBreaks(draft.next); i < draft.next + 7; i++) {
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
