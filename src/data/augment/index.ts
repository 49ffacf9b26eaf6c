/** Augmentation of training problems by rule, after MetaMathQA (Yu et al., arXiv 2309.12284). */
import { z } from "zod";
import { random } from "../../random.js";
import type { Problem } from "../records.js";
import { ansAug } from "./ansaug.js";
import { fobar } from "./fobar.js";

export { ansAug } from "./ansaug.js";
export { fobar } from "./fobar.js";
export { dropNearDuplicates } from "./leaks.js";

/** What a recipe says: at most so many additions of each kind for a problem. */
export const Augmentation = z.strictObject({
  /** Backward questions. */
  fobar: z.int().min(0).default(0),
  /** Other wordings of the solution. */
  ansAug: z.int().min(0).default(0),
  seed: z.int().default(0),
});
export type Augmentation = z.infer<typeof Augmentation>;

/**
 * The problems, each followed by its additions. Which ones are taken depends on the seed and the problem's id alone.
 * Only for training problems, and after the split: an addition must stay on the side of its problem.
 */
export function augment(problems: readonly Problem[], options: Augmentation): Problem[] {
  return problems.flatMap((problem) => {
    const some = (additions: Problem[], most: number, kind: string) =>
      most === 0 ? [] : random(options.seed, kind, problem.id).shuffle(additions).slice(0, most);
    return [
      problem,
      ...(options.fobar > 0 ? some(fobar(problem), options.fobar, "fobar") : []),
      ...(options.ansAug > 0 ? some(ansAug(problem), options.ansAug, "ansaug") : []),
    ];
  });
}
