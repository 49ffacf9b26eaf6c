/**
 * Synthetic near misses: a correct worked solution with one error put in and its consequences carried to the answer, so
 * that the dimension that was broken and the step are known.
 */
import type { Dimension } from "../../data/records.js";
import type { Random } from "../../random.js";
import { carry } from "./carry.js";
import { KINDS, PERTURBATION_KINDS, type PerturbationKind } from "./kinds.js";
import { readSource } from "./source.js";

export interface Perturbation {
  readonly text: string;
  readonly kind: PerturbationKind;
  readonly dimension: Dimension;
  /** 0-based step of `text` with the error. */
  readonly firstErrorStep: number;
}

/**
 * Every perturbation of a correct solution, in the order of the kinds and then of the text; no text twice. The answer
 * of each differs from the solution's, every number is believable in its place, and all computations behind the error
 * are exact. Empty where the solution holds no computation that can be read.
 *
 * @param solution plain text, one step a line, the answer last; it must be correct
 */
export function perturbations(
  question: string,
  solution: string,
  kinds: readonly PerturbationKind[] = PERTURBATION_KINDS,
): Perturbation[] {
  const source = readSource(question, solution);
  const seen = new Set([solution]);
  return kinds.flatMap((kind) => {
    const { dimension, changes } = KINDS[kind];
    return changes(source).flatMap((change): Perturbation[] => {
      const carried = carry(source, change);
      if (carried === null || seen.has(carried.text)) return [];
      seen.add(carried.text);
      return [{ text: carried.text, kind, dimension, firstErrorStep: carried.firstStep }];
    });
  });
}

/** Up to `count` perturbations at random, going round the kinds that apply, so that no kind crowds out the others. */
export function perturb(question: string, solution: string, count: number, stream: Random): Perturbation[] {
  const all = stream.shuffle(perturbations(question, solution));
  const byKind = stream.shuffle(PERTURBATION_KINDS).map((kind) => all.filter((p) => p.kind === kind));
  const out: Perturbation[] = [];
  for (let round = 0; out.length < Math.min(count, all.length); round++)
    for (const list of byKind) {
      const next = list[round];
      if (next !== undefined && out.length < count) out.push(next);
    }
  return out;
}
