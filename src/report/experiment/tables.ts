/** Tables of an experiment that only add up or average what each run's report says. */
import { DIMENSIONS } from "../../data/records.js";
import { armNames } from "../../evaluation/index.js";
import type { ArmResult } from "../../evaluation/schema.js";
import { wilson } from "../../evaluation/wilson.js";
import { LAST_SHARE } from "../../studio/warnings.js";
import type { Report } from "../schema.js";
import { percent } from "../words.js";
import type { Grid } from "./page.js";

type Reports = readonly Report[];

/** Answers right by the number of steps that the worked solution takes. */
export function stepsByArm(reports: Reports): Grid {
  const steps = [...new Set(everyArm(reports).flatMap((arm) => arm.bySteps.map((s) => s.steps)))];
  steps.sort((x, y) => x - y);
  return accuracyTable(reports, "Steps", steps, (arm, label) => arm.bySteps.find((g) => g.steps === label));
}

/** Answers right by the dimension in which the near misses of a problem go wrong. */
export function dimensionsByArm(reports: Reports): Grid {
  const found = new Set(everyArm(reports).flatMap((arm) => arm.byDimension.map((d) => d.dimension)));
  const dimensions = DIMENSIONS.filter((dimension) => found.has(dimension));
  return accuracyTable(reports, "Dimension", dimensions, (arm, label) =>
    arm.byDimension.find((g) => g.dimension === label),
  );
}

/** A row a label, a column an arm: right answers of all runs in that group, with Wilson's interval. */
function accuracyTable<L extends string | number>(
  reports: Reports,
  title: string,
  labels: readonly L[],
  groupOf: (arm: ArmResult, label: L) => Pick<ArmResult, "correct" | "total"> | undefined,
): Grid {
  const names = armNames(reports);
  return {
    header: [title, "Answers", ...names],
    rows: labels.map((label) => {
      const shares = names.map((name) => {
        const groups = armsOf(reports, name).flatMap((arm) => groupOf(arm, label) ?? []);
        return { correct: total(groups, (g) => g.correct), total: total(groups, (g) => g.total) };
      });
      const cells = shares.map(({ correct, total: n }) => {
        const [low, high] = wilson(correct, n).map((bound) => (100 * bound).toFixed(0));
        return n === 0 ? "–" : `${percent(correct / n)} [${low}, ${high}]`;
      });
      return [String(label), String(Math.max(...shares.map(({ total: n }) => n))), ...cells];
    }),
  };
}

/** Length and ends of the answers. */
export function answersByArm(reports: Reports): Grid {
  return {
    header: ["Arm", "Mean tokens", "Ended by themselves"],
    rows: armNames(reports).map((name) => {
      const arms = armsOf(reports, name);
      const answers = total(arms, (arm) => arm.total);
      const tokens = total(arms, (arm) => arm.answers.meanTokens * arm.total) / Math.max(1, answers);
      const stopped = total(arms, (arm) => arm.answers.stopped);
      return [
        name,
        tokens.toFixed(0),
        `${stopped} of ${answers} (${percent(stopped / Math.max(1, answers))})`,
      ];
    }),
  };
}

/** Each dimension's share of an arm's wrong answers, by the main fault. */
export function errorsByArm(reports: Reports): Grid {
  const count = (name: string, dimension: string) =>
    total(armsOf(reports, name), (arm) => arm.errors.find((e) => e.dimension === dimension)?.count ?? 0);
  return {
    header: ["Arm", "Wrong answers", ...DIMENSIONS],
    rows: armNames(reports).map((name) => {
      const counts = DIMENSIONS.map((dimension) => count(name, dimension));
      const wrong = total(counts, (n) => n);
      return [name, String(wrong), ...counts.map((n) => `${n} (${percent(n / Math.max(1, wrong))})`)];
    }),
  };
}

/** TRL's names, and what a table calls them. */
const LEARNT = [
  ["loss", "Loss"],
  ["rewards/accuracies", "Ranked right"],
  ["rewards/margins", "Margin"],
  ["rewards/chosen", "Reward, chosen"],
  ["rewards/rejected", "Reward, rejected"],
  ["logps/chosen", "Log-probability, chosen"],
  ["logps/rejected", "Log-probability, rejected"],
] as const;

/** Where each DPO arm's training ended, averaged over runs. */
export function learningByArm(reports: Reports): Grid {
  const curves = reports.flatMap((report) => report.curves.filter(({ stage }) => stage === "dpo"));
  const arms = [...new Set(curves.map(({ arm }) => arm))];
  return {
    header: ["Arm", ...LEARNT.map(([, title]) => title)],
    rows: arms.map((arm) => {
      const last = curves
        .filter((curve) => curve.arm === arm)
        .flatMap(({ points }) => points.slice(-Math.max(1, Math.round(points.length * LAST_SHARE))));
      const mean = (metric: string) => total(last, ({ metrics }) => metrics[metric] ?? 0) / last.length;
      return [arm, ...LEARNT.map(([metric]) => mean(metric).toFixed(metric.startsWith("logps") ? 1 : 3))];
    }),
  };
}

const everyArm = (reports: Reports): ArmResult[] => reports.flatMap(({ arms }) => arms);
const armsOf = (reports: Reports, name: string): ArmResult[] =>
  everyArm(reports).filter((arm) => arm.name === name);

function total<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
