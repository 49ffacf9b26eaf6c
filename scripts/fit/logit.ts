/** Fits the weights of a choice among alternatives (src/verifier/signs/choice.ts) by penalised maximum likelihood. */
import { largest, probabilities } from "../../src/verifier/signs/choice.js";

/** One choice: the signs of each alternative, and which alternatives may be the right one. */
export interface Choice {
  readonly group: string;
  readonly weight: number;
  readonly alternatives: readonly Readonly<Record<string, number>>[];
  readonly right: readonly boolean[];
}

export type Weights = Readonly<Record<string, number>>;

const ITERATIONS = 150;
const RATE = 0.08;

/**
 * Maximum of `sum_i weight_i log P(right_i) - precision / 2 |w|^2`, where the probability of several right alternatives is
 * their sum (a solution known to be wrong, the step not). By Adam on the whole gradient, the rate lowered at the end.
 */
export function fitLogit(choices: readonly Choice[], names: readonly string[], precision: number): Weights {
  const index = new Map(names.map((name, k) => [name, k]));
  const rows = choices.map((choice) => ({
    ...choice,
    sparse: choice.alternatives.map((signs) =>
      Object.entries(signs).flatMap(([name, x]): (readonly [number, number])[] => {
        const k = index.get(name);
        return k === undefined || x === 0 ? [] : [[k, x]];
      }),
    ),
  }));
  const w = names.map(() => 0);
  const mean = names.map(() => 0);
  const square = names.map(() => 0);
  for (let t = 1; t <= ITERATIONS; t++) {
    const slope = w.map((x) => -precision * x);
    for (const { sparse, right, weight } of rows) {
      const p = probabilities(sparse.map((signs) => signs.reduce((sum, [k, x]) => sum + x * (w[k] ?? 0), 0)));
      const hit = p.reduce((sum, x, a) => (right[a] ? sum + x : sum), 0);
      sparse.forEach((signs, a) => {
        const pull = weight * ((right[a] ? (p[a] ?? 0) / hit : 0) - (p[a] ?? 0));
        for (const [k, x] of signs) slope[k] = (slope[k] ?? 0) + pull * x;
      });
    }
    const rate = RATE * (t > 0.7 * ITERATIONS ? 0.3 : 1);
    names.forEach((_, k) => {
      const g = slope[k] ?? 0;
      mean[k] = 0.9 * (mean[k] ?? 0) + 0.1 * g;
      square[k] = 0.99 * (square[k] ?? 0) + 0.01 * g * g;
      const step = (mean[k] ?? 0) / (1 - 0.9 ** t) / (Math.sqrt((square[k] ?? 0) / (1 - 0.99 ** t)) + 1e-8);
      w[k] = (w[k] ?? 0) + rate * step;
    });
  }
  return Object.fromEntries(names.map((name, k) => [name, Number((w[k] ?? 0).toFixed(2))]));
}

export function chosen(choice: Choice, weights: Weights): number {
  return largest(chances(choice, weights));
}

export function chances({ alternatives }: Choice, weights: Weights): number[] {
  return probabilities(
    alternatives.map((signs) =>
      Object.entries(signs).reduce((sum, [name, x]) => sum + x * (weights[name] ?? 0), 0),
    ),
  );
}
