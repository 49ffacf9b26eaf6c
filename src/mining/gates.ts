/** The gates that a negative passes, in order. Each is a rule with a name, and each counts what it took. */
import type { Chosen } from "./chosen.js";
import { withoutNearDuplicates } from "./dedup.js";
import { hardness } from "./hardness.js";
import type { Negative } from "./negatives.js";
import type { MiningOptions } from "./options.js";

interface Gate {
  readonly name: string;
  /** "all": for every arm, so that arms differ by hardness and by nothing else. "hard": for hard negatives only. */
  readonly arm: "all" | "hard";
  readonly keep: (negatives: readonly Negative[], chosen: Chosen, options: MiningOptions) => Negative[];
}

const GATES: readonly Gate[] = [
  { name: "complete", arm: "all", keep: (all) => all.filter((n) => !n.cutOff && n.text.trim() !== "") },
  {
    name: "length-ratio",
    arm: "all",
    keep: (all, chosen, { lengthRatio }) =>
      all.filter((n) => {
        const ratio = n.text.length / chosen.text.length;
        return ratio <= lengthRatio && ratio >= 1 / lengthRatio;
      }),
  },
  {
    name: "near-duplicate",
    arm: "all",
    keep: (all, _, { dedupThreshold }) => withoutNearDuplicates(all, (n) => n.text, dedupThreshold),
  },
  { name: "wrongness", arm: "hard", keep: (all, _, { tauW }) => all.filter((n) => n.wrongness >= tauW) },
  { name: "absurdity", arm: "hard", keep: (all, _, { tauA }) => all.filter((n) => n.absurdity <= tauA) },
  {
    name: "hardness",
    arm: "hard",
    keep: (all, _, options) => all.filter((n) => hardness(n, { ...options, c: 0 }) >= options.tauHardness),
  },
];

/** Negatives in and taken, by gate. */
export class GateCounts {
  private readonly counts = new Map(GATES.map((g) => [g.name, { in: 0, taken: 0 }]));

  /** The negatives that pass every gate of an arm; those of "hard" come behind those of "all". */
  pass(
    negatives: readonly Negative[],
    arm: Gate["arm"],
    chosen: Chosen,
    options: MiningOptions,
  ): readonly Negative[] {
    let left = negatives;
    for (const gate of GATES.filter((g) => g.arm === arm)) {
      const kept = gate.keep(left, chosen, options);
      const count = this.counts.get(gate.name);
      if (count !== undefined) {
        count.in += left.length;
        count.taken += left.length - kept.length;
      }
      left = kept;
    }
    return left;
  }

  list(): { name: string; in: number; taken: number }[] {
    return [...this.counts].map(([name, count]) => ({ name, ...count }));
  }
}
