/**
 * Does each rewritten equation or expression follow from the one before? Expressions are compared at random rational
 * points, claimed solutions are put back. A condition is not an identity: a link is judged only where no equation or
 * inequality of the problem or of the solution so far could explain it.
 */
import type { Check } from "./check.js";
import { consecutive } from "./consequences.js";
import { equationsOf, questionChains } from "./equations.js";
import { restated, rewrites } from "./identities.js";
import { putBack } from "./solutions.js";

export const algebra: Check = (input) => {
  const { trace, budget } = input;
  if (!trace.chains.some(({ sides }) => sides.some(({ variables }) => variables.length > 0))) return [];
  const stated = questionChains(input.question, budget);
  const equations = equationsOf(trace, budget);
  const out = [
    ...rewrites(input, stated, equations),
    ...restated(input, stated, equations),
    ...consecutive(input, equations),
  ];
  const flagged = new Set(out.map((f) => f.step));
  out.push(...putBack(input, stated, equations).filter((f) => !flagged.has(f.step)));
  return out;
};
