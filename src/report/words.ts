/** The outcome in plain words. The rule is fixed before any result: an arm beats another when its interval says so. */
import type { ArmResult, Comparison } from "../evaluation/schema.js";

/** 0.1234 as "12.3 %"; a dash where there is nothing to count. */
export const percent = (share: number | null): string =>
  share === null ? "–" : `${(100 * share).toFixed(1)} %`;

/** A difference of shares as signed percentage points: "+3.1". */
export const points = (difference: number): string => {
  const text = (100 * difference).toFixed(1);
  return `${difference >= 0 ? "+" : "−"}${text.replace("-", "")}`;
};

/** 0.0312 as "0.031"; tiny values as "< 0.001". */
export const pValue = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** "beats": the whole 95 % interval lies above 0 and Holm's p is below 0.05; "below" is its mirror image. */
function verdictOf(comparison: Comparison): "beats" | "below" | "undecided" {
  const [low, high] = comparison.ci95;
  if (low > 0 && comparison.pHolm < 0.05) return "beats";
  if (high < 0 && comparison.pHolm < 0.05) return "below";
  return "undecided";
}

/** One sentence for each trained arm against SFT (or against the model as it came, where there is no SFT). */
export function conclusions({
  arms,
  comparisons,
}: {
  readonly arms: readonly Pick<ArmResult, "name">[];
  readonly comparisons: readonly Comparison[];
}): string[] {
  const baseline = arms.some(({ name }) => name === "sft") ? "sft" : "base";
  return comparisons.filter(({ b, a }) => b === baseline && a !== "base").map(sentence);
}

function sentence(comparison: Comparison): string {
  const { a, b, difference, ci95, pHolm } = comparison;
  const range = `(95 % interval ${points(ci95[0])} to ${points(ci95[1])} points, Holm-adjusted p ${pValue(pHolm)})`;
  switch (verdictOf(comparison)) {
    case "beats":
      return `${a} beats ${b} by ${points(difference).slice(1)} points ${range}.`;
    case "below":
      return `${a} does not beat ${b}: it is worse, by ${points(difference)} points ${range}.`;
    case "undecided":
      return difference > 0
        ? `${a} is not shown to beat ${b}: it is ${points(difference).slice(1)} points ahead, which chance alone could give ${range}.`
        : `${a} does not beat ${b}: ${points(difference)} points ${range}.`;
  }
}

/** "31.0 % [24.9, 37.7]" */
export function withInterval({
  accuracy,
  ci95,
}: {
  readonly accuracy: number | null;
  readonly ci95: readonly [number, number];
}): string {
  const [low, high] = ci95.map((bound) => (100 * bound).toFixed(1));
  return accuracy === null ? "–" : `${percent(accuracy)} [${low}, ${high}]`;
}

/** A comparison's row in a table: arms, difference, p, Holm's p, and difference and p on the near-miss slice. */
export function comparisonCells(comparison: Comparison): string[] {
  const { a, b, pMcNemar, pHolm, nearMiss, pMcNemarNearMiss } = comparison;
  const shown = ({ difference, ci95 }: Pick<Comparison, "difference" | "ci95">) =>
    `${points(difference)} [${points(ci95[0])}, ${points(ci95[1])}]`;
  const [p, pSlice] = [pValue(pMcNemar), pValue(pMcNemarNearMiss)];
  return [`${a} − ${b}`, shown(comparison), p, pValue(pHolm), shown(nearMiss), pSlice];
}
