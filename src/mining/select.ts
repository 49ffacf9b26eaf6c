/** Which of all hard pairs are kept, where limits hold for the data set as a whole, and what its weights are scaled by. */
import { DIMENSIONS, type Dimension } from "../data/records.js";
import { Column } from "./column.js";
import { Negative } from "./negatives.js";
import type { MiningOptions } from "./options.js";
import { acrossStrata } from "./strata.js";

const KINDS = Negative.shape.kind.options;

/**
 * Hard pairs to be, in the order of the problems: as little of each as the choice needs, and column by column, for there
 * may be millions.
 */
export class Slots {
  private readonly kinds = new Column(Uint8Array);
  private readonly dimensions = new Column(Uint8Array);
  private readonly hardnesses = new Column();
  private readonly weights = new Column();

  /** @param weight before scaling */
  add(
    { kind, dimension, hardness }: Pick<Negative, "kind" | "dimension" | "hardness">,
    weight: number,
  ): void {
    this.kinds.push(KINDS.indexOf(kind));
    this.dimensions.push(DIMENSIONS.indexOf(dimension));
    this.hardnesses.push(hardness);
    this.weights.push(weight);
  }

  get length(): number {
    return this.kinds.length;
  }

  perturbed(place: number): boolean {
    return KINDS[this.kinds.at(place)] === "perturbed";
  }

  dimension(place: number): Dimension | undefined {
    return DIMENSIONS[this.dimensions.at(place)];
  }

  hardness(place: number): number {
    return this.hardnesses.at(place);
  }

  weight(place: number): number {
    return this.weights.at(place);
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
  const kept = new Uint8Array(slots.length).fill(1);
  const perturbedShare = limitPerturbed(slots, kept, augment.maxShare);
  const total = maxPairs === null ? 0 : limitTo(maxPairs, slots, kept, () => true);
  let [sum, count] = [0, 0];
  for (const [i, keep] of kept.entries()) {
    if (keep === 0) continue;
    sum += slots.weight(i);
    count++;
  }
  return { kept, meanWeight: sum / count, perturbedShare, total };
}

/** Drops the easiest perturbed slots until they are at most `share` of all; tells how many. */
function limitPerturbed(slots: Slots, kept: Uint8Array, share: number): number {
  if (share === 1) return 0;
  let own = 0;
  for (let i = 0; i < slots.length; i++) if (!slots.perturbed(i)) own++;
  return limitTo(Math.floor((share / (1 - share)) * own), slots, kept, (i) => slots.perturbed(i));
}

/** Of the kept slots that are `among` leaves the `limit` hardest, round the dimensions; tells how many were dropped. */
function limitTo(limit: number, slots: Slots, kept: Uint8Array, among: (place: number) => boolean): number {
  const places: number[] = [];
  for (const [i, keep] of kept.entries()) if (keep === 1 && among(i)) places.push(i);
  if (places.length <= limit) return 0;
  for (const i of places) kept[i] = 0;
  const hardest = acrossStrata(
    places,
    (i) => slots.dimension(i) ?? "",
    (i) => slots.hardness(i),
    limit,
  );
  for (const i of hardest) kept[i] = 1;
  return places.length - hardest.length;
}
