/** Which of all hard pairs are kept, where limits hold for the data set as a whole, and what its weights are scaled by. */
import type { Dimension } from "../data/records.js";
import type { Negative } from "./negatives.js";
import type { MiningOptions } from "./options.js";
import { acrossStrata } from "./strata.js";

/**
 * Hard pairs to be, in the order of the problems: as little of each as the choice needs, and column by column, for there
 * may be millions, and as objects they would take three times the memory.
 */
export class Slots {
  readonly kinds: Negative["kind"][] = [];
  readonly dimensions: Dimension[] = [];
  readonly hardness: number[] = [];
  /** Before scaling. */
  readonly weights: number[] = [];

  add(
    { kind, dimension, hardness }: Pick<Negative, "kind" | "dimension" | "hardness">,
    weight: number,
  ): void {
    this.kinds.push(kind);
    this.dimensions.push(dimension);
    this.hardness.push(hardness);
    this.weights.push(weight);
  }

  get length(): number {
    return this.kinds.length;
  }
}

export interface Selection {
  /** 1 at the place of each slot that is kept. */
  readonly kept: Uint8Array;
  /** Mean of their weights. */
  readonly meanWeight: number;
  /** Slots dropped by each limit. */
  readonly perturbedShare: number;
  readonly total: number;
}

export function selectSlots(
  slots: Slots,
  { augment, maxPairs }: Pick<MiningOptions, "augment" | "maxPairs">,
): Selection {
  const all = Array.from({ length: slots.length }, (_, i) => i);
  const shared = withinPerturbedShare(slots, all, augment.maxShare);
  const kept = maxPairs === null ? shared : inOrder(shared, hardest(slots, shared, maxPairs));
  const sum = kept.reduce((sum, i) => sum + (slots.weights[i] ?? 0), 0);
  const flags = new Uint8Array(slots.length);
  for (const i of kept) flags[i] = 1;
  return {
    kept: flags,
    meanWeight: sum / kept.length,
    perturbedShare: slots.length - shared.length,
    total: shared.length - kept.length,
  };
}

function hardest(slots: Slots, places: readonly number[], limit: number): number[] {
  return acrossStrata(
    places,
    (i) => slots.dimensions[i] ?? "",
    (i) => slots.hardness[i] ?? 0,
    limit,
  );
}

/** Drops the easiest perturbed slots until they are at most `share` of all. */
function withinPerturbedShare(slots: Slots, all: readonly number[], share: number): readonly number[] {
  const made = all.filter((i) => slots.kinds[i] === "perturbed");
  const own = all.length - made.length;
  const room = share === 1 ? made.length : Math.floor((share / (1 - share)) * own);
  if (made.length <= room) return all;
  const some = new Set(hardest(slots, made, room));
  return all.filter((i) => slots.kinds[i] !== "perturbed" || some.has(i));
}

const inOrder = (all: readonly number[], some: readonly number[]) => {
  const wanted = new Set(some);
  return all.filter((i) => wanted.has(i));
};
