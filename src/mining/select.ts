/** Which of all hard pairs are kept, where limits hold for the data set as a whole, and what its weights are scaled by. */
import type { Dimension } from "../data/records.js";
import type { Negative } from "./negatives.js";
import type { MiningOptions } from "./options.js";
import { acrossStrata } from "./strata.js";

/** A hard pair to be: as little of it as the choice needs, for there may be millions. */
export interface Slot {
  readonly kind: Negative["kind"];
  readonly dimension: Dimension;
  readonly hardness: number;
  /** Before scaling. */
  readonly weight: number;
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

/** @param slots in the order of the problems */
export function selectSlots(
  slots: readonly Slot[],
  { augment, maxPairs }: Pick<MiningOptions, "augment" | "maxPairs">,
): Selection {
  const all = slots.map((_, i) => i);
  const shared = withinPerturbedShare(slots, all, augment.maxShare);
  const kept = maxPairs === null ? shared : inOrder(shared, hardest(slots, shared, maxPairs));
  const sum = kept.reduce((sum, i) => sum + (slots[i]?.weight ?? 0), 0);
  const flags = new Uint8Array(slots.length);
  for (const i of kept) flags[i] = 1;
  return {
    kept: flags,
    meanWeight: sum / kept.length,
    perturbedShare: slots.length - shared.length,
    total: shared.length - kept.length,
  };
}

function hardest(slots: readonly Slot[], places: readonly number[], limit: number): number[] {
  return acrossStrata(
    places,
    (i) => slots[i]?.dimension ?? "",
    (i) => slots[i]?.hardness ?? 0,
    limit,
  );
}

/** Drops the easiest perturbed slots until they are at most `share` of all. */
function withinPerturbedShare(slots: readonly Slot[], all: readonly number[], share: number): number[] {
  const made = all.filter((i) => slots[i]?.kind === "perturbed");
  const own = all.length - made.length;
  const room = share === 1 ? made.length : Math.floor((share / (1 - share)) * own);
  if (made.length <= room) return [...all];
  const some = new Set(hardest(slots, made, room));
  return all.filter((i) => slots[i]?.kind !== "perturbed" || some.has(i));
}

const inOrder = (all: readonly number[], some: readonly number[]) => {
  const wanted = new Set(some);
  return all.filter((i) => wanted.has(i));
};
