/** What sets the arms that learn from mined pairs apart: which negatives they see, and what they do with them. */
import type { ArmName } from "./schema.js";

export type PairArm = Exclude<ArmName, "base" | "sft">;

interface Lesson {
  /** Whose rejected sides. The chosen sides are the same. */
  readonly pairs: "random" | "hard";
  /**
   * "sft" learns the chosen sides alone, in the same order, for as many steps: the control, without which what a DPO arm
   * gains by imitating good solutions is put down to its negatives ("Preferred-FT" in Rafailov et al., arXiv 2305.18290,
   * Section 6).
   */
  readonly objective: "sft" | "dpo";
  readonly weighted: boolean;
}

export const PAIR_ARMS: Readonly<Record<PairArm, Lesson>> = {
  "sft-chosen": { pairs: "hard", objective: "sft", weighted: false },
  "dpo-random": { pairs: "random", objective: "dpo", weighted: false },
  "dpo-hard": { pairs: "hard", objective: "dpo", weighted: false },
  "dpo-weighted": { pairs: "hard", objective: "dpo", weighted: true },
};

export const isPairArm = (arm: ArmName): arm is PairArm => arm in PAIR_ARMS;
