/** The table of ways in which a solution goes wrong, each with the dimension that it breaks. */
import type { Dimension } from "../../data/records.js";
import type { Claim } from "../../verifier/trace.js";
import type { Change } from "./carry.js";
import { misreadGivens, otherOperand, slipUnit, swapOperands, takeComplement } from "./operands.js";
import { concludeEarly, dropStep, flippedSign, offByOne, otherOperation } from "./operations.js";
import type { Source } from "./source.js";

export const PERTURBATION_KINDS = [
  "operand-swap",
  "wrong-operand",
  "wrong-operation",
  "off-by-one",
  "sign",
  "misread-given",
  "dropped-step",
  "unit-slip",
  "percent-complement",
  "wrong-conclusion",
] as const;
export type PerturbationKind = (typeof PERTURBATION_KINDS)[number];

interface Kind {
  readonly dimension: Dimension;
  /** Every place where this kind of error can be made. */
  readonly changes: (source: Source) => Change[];
}

export const KINDS: Readonly<Record<PerturbationKind, Kind>> = {
  "operand-swap": { dimension: "logic", changes: eachClaim(swapOperands) },
  "wrong-operand": { dimension: "logic", changes: eachClaim(otherOperand) },
  "wrong-operation": { dimension: "logic", changes: eachClaim(otherOperation) },
  "off-by-one": { dimension: "arithmetic", changes: eachClaim(offByOne) },
  sign: { dimension: "arithmetic", changes: eachClaim(flippedSign) },
  "misread-given": { dimension: "grounding", changes: misreadGivens },
  "dropped-step": { dimension: "logic", changes: eachClaim(dropStep) },
  "unit-slip": { dimension: "grounding", changes: eachClaim(slipUnit) },
  "percent-complement": { dimension: "logic", changes: eachClaim(takeComplement) },
  "wrong-conclusion": { dimension: "logic", changes: concludeEarly },
};

type ClaimRule = (source: Source, claim: Claim, index: number) => Change[];

function eachClaim(rule: ClaimRule): (source: Source) => Change[] {
  return (source) => source.trace.claims.flatMap((claim, index) => rule(source, claim, index));
}
