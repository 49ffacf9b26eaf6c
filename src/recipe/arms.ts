/** What sets the DPO arms apart: which negatives they reject, and whether pairs are weighted. */
import type { ArmName } from "./schema.js";

export type DpoArm = Extract<ArmName, `dpo-${string}`>;

export const DPO_ARMS: Readonly<Record<DpoArm, { pairs: "random" | "hard"; weighted: boolean }>> = {
  "dpo-random": { pairs: "random", weighted: false },
  "dpo-hard": { pairs: "hard", weighted: false },
  "dpo-weighted": { pairs: "hard", weighted: true },
};

export const isDpoArm = (arm: ArmName): arm is DpoArm => arm in DPO_ARMS;
