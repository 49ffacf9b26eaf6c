/**
 * Carries a change through the rest of a solution: later computations that use a changed result are redone exactly, and
 * so are the sentences that repeat it and the final answer. What cannot be redone for certain is refused (null).
 */
import { isLiteral } from "../../verifier/expression/ast.js";
import { equal, type Rational } from "../../verifier/expression/rational.js";
import { type Claim, isConstant, isGiven } from "../../verifier/trace.js";
import { believable, placesOf, writeLike } from "./numerals.js";
import { computed, type Edit, expressionSpan, type NumberToken, rewrite, type Source } from "./source.js";

export interface Change {
  /** What is written differently at the place of the error. */
  readonly edits: readonly Edit[];
  /** A claim whose result is set, whatever its expression says: the index in the trace and the value. */
  readonly forced?: { readonly claim: number; readonly value: Rational };
  /** A step that is left out. */
  readonly removed?: number;
}

export interface Carried {
  readonly text: string;
  /** 0-based step, in the new text, of the first thing that changed. */
  readonly firstStep: number;
}

/** @returns the new text, or null where the answer does not change, or a consequence is unsure or unbelievable. */
export function carry(source: Source, change: Change): Carried | null {
  const run = new Carrier(source, change);
  return run.claims() && run.mentions() ? run.result() : null;
}

class Carrier {
  private readonly edits: Edit[];
  /** Changed results by claim. */
  private readonly results = new Map<number, Rational>();

  constructor(
    private readonly source: Source,
    private readonly change: Change,
  ) {
    this.edits = [...change.edits];
  }

  /** Redoes the claims in order. */
  claims(): boolean {
    return this.source.trace.claims.every((claim, index) => {
      if (claim.step === this.change.removed) {
        if (this.change.forced?.claim === index) this.results.set(index, this.change.forced.value);
        return true;
      }
      return this.claim(claim, index);
    });
  }

  private claim(claim: Claim, index: number): boolean {
    const span = expressionSpan(this.source, claim);
    if (span === null) return true;
    for (const operand of claim.operands) {
      const value = operand.from === undefined ? undefined : this.results.get(operand.from);
      if (value === undefined || this.edited(operand.start)) continue;
      if (!this.sure(operand.value) || !this.write(operand, value)) return false;
    }
    const forced = this.change.forced?.claim === index ? this.change.forced.value : undefined;
    if (forced === undefined && !this.edits.some((e) => e.start >= span.start && e.end <= span.end))
      return true;
    const { solution } = this.source;
    const before = computed(solution.slice(span.start, span.end));
    const value = forced ?? computed(rewrite(solution, this.edits, span.start, span.end));
    if (before === null || value === null || !equal(before, claim.result.value)) return false;
    if (equal(value, before)) return true;
    const written = this.source.numbers.find((n) => n.start === claim.result.start);
    if (written === undefined || !equal(written.value, before)) return false;
    this.results.set(index, value);
    return this.edited(written.start) || this.write(written, value);
  }

  /** Rewrites the numbers outside computations that repeat a changed result, the final answer among them. */
  mentions(): boolean {
    const { trace, numbers } = this.source;
    return numbers.every((number) => {
      if (this.edited(number.start) || number.step === this.change.removed) return true;
      const inClaim = trace.claims.some((c) => c.start <= number.start && number.end <= c.end);
      if (inClaim) return true;
      const { claim, announced } = this.claimBehind(number);
      const value = this.results.get(claim);
      if (value === undefined) return true;
      // "100 cents make a dollar, so 500 / 5 = 100 cents": what stands before its result may be a constant of its own.
      if (!this.sure(number.value) || (announced && isConstant(number.value))) return false;
      return this.write(number, value);
    });
  }

  result(): Carried | null {
    const { solution, trace, numbers } = this.source;
    const answer = numbers.at(-1);
    const last = trace.steps.at(-1);
    if (answer === undefined || answer.step !== last?.index) return null;
    const concluded = this.edits.find((e) => e.start === answer.start);
    if (concluded === undefined || concluded.text === solution.slice(answer.start, answer.end)) return null;
    if (this.edits.some((e) => this.unredone(e))) return null;
    const first = Math.min(...this.edits.map((e) => e.start));
    const step = trace.steps.findLastIndex((s) => s.start <= first);
    const { removed } = this.change;
    const gone = removed === undefined ? undefined : trace.steps[removed];
    if (removed === undefined || gone === undefined)
      return { text: rewrite(solution, this.edits), firstStep: step };
    const cut = { start: gone.start, end: trace.steps[removed + 1]?.start ?? solution.length, text: "" };
    const kept = this.edits.filter((e) => e.end <= cut.start || e.start >= cut.end);
    return { text: rewrite(solution, [...kept, cut]), firstStep: step > removed ? step - 1 : step };
  }

  private edited(start: number): boolean {
    return this.edits.some((e) => e.start === start);
  }

  /** The claim whose result a number repeats, or announces: "she has 24, because 48 / 2 = 24". -1 for none. */
  private claimBehind({ value, start, step }: NumberToken): { claim: number; announced: boolean } {
    const { claims } = this.source.trace;
    const states = (c: Claim) => equal(c.result.value, value);
    const before = claims.findLastIndex((c) => c.end <= start && states(c));
    if (before >= 0) return { claim: before, announced: false };
    return { claim: claims.findIndex((c) => c.step === step && states(c)), announced: true };
  }

  /** A value that the problem states too may stand for the given, not for the result: no telling which. */
  private sure(value: Rational): boolean {
    return !isGiven(value, this.source.trace.givens);
  }

  /**
   * Whether an edit falls into a side of an equation that cannot be redone: one with variables, one that was not read,
   * or one that restates the side before it (7 * 70 - 40 = 490 - 40), whose equality it would break.
   */
  private unredone(edit: Edit): boolean {
    const { chains, claims } = this.source.trace;
    const inside = (side: { start: number; end: number }) => side.start <= edit.start && edit.end <= side.end;
    return chains.some((chain) =>
      chain.sides.some((side, i) => {
        if (!inside(side) || (side.node !== null && isLiteral(side.node))) return false;
        const restated = claims.some((c) => !c.result.literal && c.result.start === side.start);
        return restated || i === chain.sides.length - 1 || !claims.some((c) => c.start === side.start);
      }),
    );
  }

  private write(at: { start: number; end: number; value: Rational }, value: Rational): boolean {
    const { solution } = this.source;
    const model = solution.slice(at.start, at.end);
    const money = /[$€£]\s*$/.test(solution.slice(0, at.start).slice(-3));
    const text = writeLike(value, model);
    if (text === null || !believable(value, at.value, placesOf(model), money)) return false;
    this.edits.push({ start: at.start, end: at.end, text });
    return true;
  }
}
