/**
 * Where the numbers of a solution come from, step by step, and which givens it never uses. A given comes back in many
 * guises: 20 % as 0.2, as the 80 % that are left, as 1.2 times; "half" as a division by 2; two givens as their sum that
 * was found in the head.
 */
import type { Computation } from "./alignment/computations.js";
import { equal, isInteger, ONE, type Rational, toNumber } from "./expression/rational.js";
import { type Given, isAmount, isConstant } from "./givens.js";
import type { Budget } from "./limits.js";
import type { Trace, TracedStep } from "./trace.js";
import { MULTIPLIERS, numberWords } from "./words.js";

/** What a step writes first that is neither given nor computed. */
interface NewNumbers {
  /** One operation away from two known numbers. */
  readonly inHead: readonly Rational[];
  /** Common knowledge: 12 months, 7 days. */
  readonly constant: readonly Rational[];
  /** From nowhere. */
  readonly foreign: readonly Rational[];
}

export interface Ledger {
  /** By step. */
  readonly news: readonly NewNumbers[];
  /** Givens that are stated in the problem, without 0 and 1. */
  readonly stated: readonly Given[];
  /** Those of them that the solution uses in no guise. */
  readonly unused: readonly Given[];
}

const SCALES: ReadonlyMap<string, number> = new Map([
  ["dozen", 12],
  ["dozens", 12],
  ["hundred", 100],
  ["thousand", 1_000],
  ["million", 1_000_000],
]);
const NUMBERED = /\bstep\s{0,3}\d/i;
/** Numbers of common knowledge by which a number is multiplied or divided in the head. */
const FACTORS = [2, 3, 4, 7, 12, 24, 30, 52, 60, 100, 365];
/** Known numbers, the latest, that are tried for a number found in the head. */
const POOL = 24;

/** A value as a number that equal values share, however they were computed. */
const key = (x: number) => Math.round(x * 2 ** 20);

/** The values in which a solution may write a given. */
function guises({ value, noun, percent }: Given): number[] {
  const x = toNumber(value);
  const whole = percent ? 100 : 1;
  const share = value.n > 0n && value.n < value.d;
  const out = [x];
  if (percent || share || noun === "times") {
    // What is left, what it grows to, and each as a part of one.
    for (const v of [x, whole - x, whole + x]) out.push(v, percent ? v / 100 : v * 100, whole / v);
    out.push(x - 1);
  }
  if (!percent && share) {
    const [n, d] = [Number(value.n), Number(value.d)];
    out.push(n, d, d - n, d + n);
  }
  const scale = SCALES.get(noun);
  if (scale !== undefined) out.push(x * scale);
  return out;
}

class Book {
  private readonly known = new Set<number>();
  private readonly guises = new Map<Given, readonly number[]>();
  /** Known numbers in the order in which they came. */
  private readonly pool: number[] = [];
  private readonly written = new Set<number>();

  constructor(
    givens: readonly Given[],
    private readonly budget: Budget,
  ) {
    for (const given of givens) {
      const values = guises(given);
      this.guises.set(given, values);
      for (const x of values) this.known.add(key(x));
      this.pool.push(toNumber(given.value));
    }
  }

  /** Notes a computed value, which may come back as a percentage or a share. */
  derive(x: number): void {
    this.known
      .add(key(x))
      .add(key(x * 100))
      .add(key(x / 100));
    this.pool.push(x);
  }

  knows(x: number): boolean {
    return this.known.has(key(x));
  }

  /** Notes a written number; false where it was written before. */
  write(x: number): boolean {
    const before = this.written.size;
    return this.written.add(key(x)).size > before;
  }

  /** Whether a value is one operation away from two known numbers, which it then uses. */
  inHead(x: number): boolean {
    if (!this.budget.spend(POOL)) return false;
    const pool = this.pool.slice(-POOL);
    let found = false;
    for (const a of pool) {
      for (const b of pool) {
        if (!(near(a + b, x) || near(a - b, x) || near(a * b, x) || near(a, x * b))) continue;
        found = true;
        this.write(a);
        this.write(b);
      }
    }
    if (found) return true;
    for (const a of pool) {
      if (!FACTORS.some((b) => near(a * b, x) || near(a, x * b) || near(b - a, x))) continue;
      found = true;
      this.write(a);
    }
    return found;
  }

  unused(stated: readonly Given[], steps: readonly TracedStep[]): Given[] {
    const open = stated.filter((given) => !this.guises.get(given)?.some((x) => this.written.has(key(x))));
    if (open.length === 0) return open;
    const spoken = wordValues(steps);
    return open.filter(({ value }) => !spoken.has(key(toNumber(value))));
  }
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);

/** Words that speak of a count without naming it. */
const NAMED: ReadonlyMap<string, number> = new Map([
  ["both", 2],
  ["second", 2],
  ["third", 3],
  ["fourth", 4],
  ["fifth", 5],
  ["sixth", 6],
]);

/** Values that the words of a solution name: "half", "both", "three". */
function wordValues(steps: readonly TracedStep[]): Set<number> {
  const out = new Set<number>();
  for (const { tokens } of steps) {
    for (const { kind, text } of tokens) {
      if (kind !== "word") continue;
      const word = text.toLowerCase();
      const named = NAMED.get(word);
      if (named !== undefined) out.add(key(named));
      const value = MULTIPLIERS.get(word) ?? numberWords([word], 0)?.value;
      if (value !== undefined) out.add(key(toNumber(value)));
    }
  }
  return out;
}

/** @param own the computations of the trace, in order */
export function ledgerOf(
  question: string,
  { steps, givens }: Trace,
  own: readonly Computation[],
  budget: Budget,
): Ledger {
  const book = new Book(givens, budget);
  // "All three together": a sum of three.
  for (const {
    forms: [form],
  } of own)
    if (form?.operation === "+" && form.written.length > 2) book.write(form.written.length);
  const values = steps.map((): number[] => []);
  for (const { step, value, stated } of own) {
    values[step]?.push(toNumber(value));
    if (stated !== null && !equal(value, stated)) values[step]?.push(toNumber(stated));
  }
  const news = steps.map((step, i): NewNumbers => {
    const here = values[i] ?? [];
    const inHead: Rational[] = [];
    const constant: Rational[] = [];
    const foreign: Rational[] = [];
    for (const { kind, value } of step.tokens) {
      if (kind !== "number" || value === undefined) continue;
      const x = toNumber(value);
      if (!book.write(x) || book.knows(x) || here.some((y) => near(x, y) || near(x, y * 100))) continue;
      // The "3" of "Step 3" is no quantity.
      if (isInteger(value) && value.n <= 20n && NUMBERED.test(step.text)) continue;
      if (isConstant(value)) constant.push(value);
      else if (book.inHead(x)) inHead.push(value);
      else foreign.push(value);
    }
    for (const x of here) book.derive(x);
    return { inHead, constant, foreign };
  });
  const stated = givens.filter(
    (given, i) =>
      given.end > given.start &&
      !equal(given.value, ONE) &&
      given.value.n !== 0n &&
      !isPart(given, givens[i - 1], givens[i - 2]) &&
      isAmount(given, question),
  );
  return { news, stated, unused: book.unused(stated, steps) };
}

/** The 2 and the 3 of "2/3", which stand behind the fraction. */
const isPart = ({ start, end }: Given, ...before: readonly (Given | undefined)[]) =>
  before.some((other) => other !== undefined && other.start <= start && end <= other.end);
