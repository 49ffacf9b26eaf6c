/**
 * The little language in which a family of word problems is written. One definition gives the question, the worked
 * steps and the arithmetic, so that they cannot disagree.
 *
 * A family is a story told in stages. Each stage may add a sentence to the question, does one step of arithmetic and
 * says how that step is worded. A problem of k steps is the first k stages, closed by the question of the k-th:
 *
 *     { tell: "{name} sold {a} {things} in May and half as many in June.",
 *       step: "june = a / 2",
 *       say: ["Half of {a} is {=}.", "In June {name} sold {=} {things}."],
 *       unit: "{things}",
 *       ask: "How many {things} did {name} sell in June?" }
 *
 * `{slot}` is a number of the story, the result of an earlier step, or a word of the lexicon; `{=}` is the step's own
 * equation, "48 / 2 = 24".
 */

/** Several wordings of the same thing; one is drawn. */
export type Text = string | readonly string[];

/** How a number of the story is drawn: from low to high (in steps of `by`), from a list, or computed ("n * each"). */
export type Draw =
  | readonly [low: number, high: number, by?: number]
  | { readonly of: readonly number[] }
  | string;

interface Stage {
  /** What this stage adds to the question. */
  readonly tell?: Text;
  /** "slot = operand operation operand"; an operand is a slot or an integer; "p % a" is p percent of a. */
  readonly step: string;
  /** Wordings of the step, each holding `{=}`. */
  readonly say: readonly [string, ...string[]];
  /** What the result counts, after the bare equation: "dollars". Empty for a pure number. */
  readonly unit: string;
  /** The question when the problem ends here; without it, it cannot. */
  readonly ask?: Text;
}

export interface Family {
  readonly name: string;
  readonly slots: Readonly<Record<string, Draw>>;
  /** A condition that the drawn numbers and the results must meet, beyond being whole, at least 2 and at most 500. */
  readonly where?: (number: (slot: string) => number) => boolean;
  readonly stages: readonly Stage[];
}

export const OPERATIONS = ["+", "-", "*", "/", "%"] as const;
export type Operation = (typeof OPERATIONS)[number];

const APPLY: Record<Operation, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => (a * b) / 100,
};

/** The value of `a operation b`; exact while it is an integer below 2^53. `%` is "a percent of b". */
export function apply(operation: Operation, a: number, b: number): number {
  return APPLY[operation](a, b);
}

/** "48 / 2", or "25% of 60". */
export function expression(operation: Operation, a: number, b: number): string {
  return operation === "%" ? `${a}% of ${b}` : `${a} ${operation} ${b}`;
}

export interface Formula {
  readonly left: string;
  readonly operation: Operation;
  readonly right: string;
}

/** Parses "a / 2". Throws a RangeError on anything else: a mistake in a family, found by its test. */
export function parseFormula(text: string): Formula {
  const [, left, sign, right] = /^(\w+) ([-+*/%]) (\w+)$/.exec(text.trim()) ?? [];
  const operation = OPERATIONS.find((one) => one === sign);
  if (left === undefined || operation === undefined || right === undefined) {
    throw new RangeError(`not a formula: "${text}"`);
  }
  return { left, operation, right };
}

/** Parses "june = a / 2" into the slot and its formula. */
export function parseStep(text: string): Formula & { readonly slot: string } {
  const [slot, formula] = text.split(" = ");
  if (slot === undefined || formula === undefined) throw new RangeError(`not a step: "${text}"`);
  return { slot, ...parseFormula(formula) };
}

/** Fills `{slot}`s. Throws a RangeError on an unknown slot: a mistake in a family, found by its test. */
export function fill(template: string, slots: ReadonlyMap<string, string | number>): string {
  return template.replace(/\{([^{}]+)\}/g, (_whole, slot: string) => {
    const value = slots.get(slot);
    if (value === undefined) throw new RangeError(`no slot "${slot}" for "${template}"`);
    return String(value);
  });
}
