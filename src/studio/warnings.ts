/**
 * What a person should look at before trusting a run. Each rule looks at one way in which DPO on mined pairs has been seen
 * to go wrong (docs/LOG.md), and says what was seen and what to try. They say nothing of significance: a warning is a
 * place to look. Pure, so that the page of a run says them as soon as its files do.
 */
import type { ArmResult } from "../evaluation/schema.js";
import type { MiningReport } from "../mining/report.js";

/** Fewer pairs than this make some ten steps: no arm moved on so few. */
const FEW_PAIRS = 100;
/** Natural logarithm's units lost by the chosen side: at 2 a solution has become seven times less likely. */
const CHOSEN_FELL = 2;
/** The same for short solutions, which have little to lose: a share of their log-probability at the start. */
const CHOSEN_FELL_SHARE = 0.2;
/** Last share of the steps over which training metrics are averaged: single steps are noisy. */
export const LAST_SHARE = 0.2;
/** Mean answer length against the start's, either way. */
const LENGTH_DRIFT = 1.25;
/** Share of answers that no longer end by themselves, over the start's. */
const CUT_OFF = 0.05;

/** Too few pairs survive, and which gate took most. Empty where all is well. */
export function miningWarnings({ pairs, problems, gates }: MiningReport): string[] {
  if (pairs.total >= FEW_PAIRS) return [];
  const [most] = [...gates].sort((x, y) => y.taken - x.taken);
  const lost = [
    [problems.noChosen, "have no right solution to choose"],
    [problems.noNegative, "have no negative left"],
    [problems.suspect, "are set aside because their reference is in doubt"],
    [problems.overLimit, "are over mine.maxPairs or the share of perturbed negatives"],
  ] as const;
  const where = lost.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`);
  const taken =
    most === undefined || most.taken === 0
      ? ""
      : ` The gate "${most.name}" took most: ${most.taken} of ${most.in} negatives.`;
  return [
    `Only ${pairs.total} pairs, of ${problems.paired} problems${where.length > 0 ? ` (${where.join("; ")})` : ""}.${taken} So few can hardly move a model: sample more (sample.n, more problems), or widen the gates.`,
  ];
}

interface Curve {
  readonly arm: string;
  /** In order, with TRL's metric names. */
  readonly points: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
}

/**
 * Likelihood displacement: DPO raises the margin while the chosen solutions themselves become less likely.
 * @param curve the arm's DPO steps, as far as it is
 * @param beta of the loss, which scales the rewards
 */
export function trainingWarnings({ arm, points }: Curve, beta: number): string[] {
  const last = points.slice(-Math.max(1, Math.round(points.length * LAST_SHARE)));
  const mean = (name: string) =>
    last.reduce((sum, { metrics }) => sum + (metrics[name] ?? 0), 0) / last.length;
  if (last.length === 0) return [];
  const chosen = mean("rewards/chosen") / beta;
  const start = mean("logps/chosen") - chosen;
  const most = start < 0 ? Math.min(CHOSEN_FELL, -CHOSEN_FELL_SHARE * start) : CHOSEN_FELL;
  if (chosen > -most) return [];
  const rejected = mean("rewards/rejected") / beta;
  return [
    `${arm}: by step ${last.at(-1)?.step} the chosen solutions have lost ${(-chosen).toFixed(1)} nats against the model DPO started from (the rejected ones ${(-rejected).toFixed(1)}). What the pairs prefer has become less likely too: reject the wrong step alone (dpo.rejectedPart: error), add an SFT term (dpo.sftWeight), lower dpo.learningRate, or raise dpo.beta.`,
  ];
}

/** What has become of an arm's answers since the model it started from. */
const ANSWER_RULES: readonly ((arm: ArmResult, start: ArmResult) => string | null)[] = [
  (arm, start) => {
    const fallen = (arm.accuracy ?? 0) - (start.accuracy ?? 0);
    return fallen < 0
      ? `solves fewer problems than ${start.name} (${points(fallen)}): compare their solutions before using it.`
      : null;
  },
  (arm, start) => {
    const ratio = arm.answers.meanTokens / Math.max(1, start.answers.meanTokens);
    if (ratio < LENGTH_DRIFT && ratio > 1 / LENGTH_DRIFT) return null;
    const cause =
      arm.name === "sft"
        ? "the solutions it learns from are of another manner than its own"
        : "the pairs may teach length (compare mining.json's lengths, lower mine.lengthRatio)";
    return `answers in ${arm.answers.meanTokens.toFixed(0)} tokens on average, ${start.name} in ${start.answers.meanTokens.toFixed(0)}: ${cause}.`;
  },
  (arm, start) => {
    const cut = (of: ArmResult) => (of.total === 0 ? 0 : 1 - of.answers.stopped / of.total);
    if (cut(arm) - cut(start) < CUT_OFF) return null;
    return `does not end ${percent(cut(arm))} of its answers, ${start.name} ${percent(cut(start))}: its answer line or its end token has become less likely (dpo.rejectedPart: error leaves both alone; lower dpo.learningRate), or eval.maxTokens is too small.`;
  },
];

/** Every trained arm against the model it started from: SFT against base, DPO against SFT where there is one. */
export function answerWarnings(arms: readonly ArmResult[]): string[] {
  const named = (name: string) => arms.find((arm) => arm.name === name);
  const [base, sft] = [named("base"), named("sft")];
  const each = arms.flatMap((arm) => {
    const start = arm.name === "sft" ? base : (sft ?? base);
    if (arm === start || arm.name === "base" || start === undefined) return [];
    return ANSWER_RULES.flatMap((rule) => {
      const said = rule(arm, start);
      return said === null ? [] : [`${arm.name} ${said}`];
    });
  });
  return base === undefined || sft === undefined ? each : [...each, ...lostToSft(base, sft, arms)];
}

/** The arms after SFT may all gain on it and yet leave a worse model than there was. */
function lostToSft(base: ArmResult, sft: ArmResult, arms: readonly ArmResult[]): string[] {
  const gain = (arm: ArmResult) => (arm.accuracy ?? 0) - (base.accuracy ?? 0);
  const [best] = arms.filter((arm) => arm !== base && arm !== sft).sort((x, y) => gain(y) - gain(x));
  if (best === undefined || gain(sft) >= 0 || gain(best) >= 0) return [];
  return [
    `No arm solves as many problems as base, the model as it came (the best, ${best.name}: ${points(gain(best))}): SFT costs more than they give back. Let SFT learn from better solutions or for fewer steps (sft.maxSteps), or begin without it (sft: null, mine.gold: false).`,
  ];
}

/** Everything that can be said of a run from what there is of it. */
export function runWarnings(run: {
  readonly miner: MiningReport | null;
  /** Of the DPO arms. */
  readonly curves: readonly Curve[];
  readonly beta: number;
  readonly arms: readonly ArmResult[];
}): string[] {
  return [
    ...(run.miner === null ? [] : miningWarnings(run.miner)),
    ...run.curves.flatMap((curve) => trainingWarnings(curve, run.beta)),
    ...answerWarnings(run.arms),
  ];
}

/** A loss, as a share, in percentage points. */
const points = (loss: number): string => `−${(-100 * loss).toFixed(1)} points`;

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
