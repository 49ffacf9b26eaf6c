/** The pipeline as boxes with what comes out of each, for the run's page. Pure. */
import type { MiningReport } from "../mining/report.js";
import type { FlowStep } from "./schema.js";

export interface FlowInput {
  /** A stage's figures by name; undefined before it is done. */
  readonly figures: (stage: string) => Readonly<Record<string, number>> | undefined;
  readonly plan: readonly string[];
  readonly miner: MiningReport | null;
  /** Counts while a stage is going on: lines of its file. */
  readonly live: Readonly<Record<string, number>>;
  readonly accuracies: readonly { readonly name: string; readonly correct: number; readonly total: number }[];
}

export function flowOf({ figures, plan, miner, live, accuracies }: FlowInput): FlowStep[] {
  const of = (stage: string, name: string) => figures(stage)?.[name];
  const parts = (entries: Readonly<Record<string, number | undefined>>) =>
    Object.entries(entries).flatMap(([label, count]) => (count === undefined ? [] : [{ label, count }]));
  const steps: FlowStep[] = [
    {
      title: "Problems",
      stage: "problems",
      count: of("problems", "train") ?? null,
      unit: "to train on",
      parts: parts({ "to test on": of("problems", "test"), "left out as leaks": of("problems", "leaked") }),
    },
    {
      title: "SFT",
      stage: "sft",
      count: of("sft", "examples") ?? null,
      unit: "worked solutions",
      parts: parts({ steps: of("sft", "steps"), "too long": of("sft", "dropped") }),
    },
    {
      title: "Sample",
      stage: "sample",
      count: of("sample", "candidates") ?? live.sample ?? null,
      unit: "candidates",
      parts: parts({ "cut off": of("sample", "cutOff"), tokens: of("sample", "tokens") }),
    },
    {
      title: "Verify",
      stage: "verify",
      count: of("verify", "verdicts") ?? null,
      unit: "verdicts",
      parts: parts({
        right: of("verify", "correct"),
        wrong: miner?.samples.wrongAnswer,
        "right by a broken chain": miner?.samples.brokenChain,
        "near misses": miner?.samples.nearMiss,
      }),
    },
    {
      title: "Mine",
      stage: "mine",
      count: miner?.pairs.total ?? of("mine", "pairs") ?? null,
      unit: "pairs",
      parts: parts({
        "problems paired": miner?.problems.paired,
        "without a negative": miner?.problems.noNegative,
        "without a right solution": miner?.problems.noChosen,
        "label in doubt": miner?.problems.suspect,
        "label flagged": miner?.problems.flagged,
      }),
    },
  ];
  const arms = plan.filter((stage) => /^(?:sft|dpo)-/.test(stage));
  for (const arm of arms) {
    steps.push({
      title: arm,
      stage: arm,
      count: of(arm, "pairs") ?? of(arm, "examples") ?? null,
      unit: "pairs trained on",
      parts: parts({ steps: of(arm, "steps"), "too long": of(arm, "dropped") }),
    });
  }
  for (const { name, correct, total } of accuracies) {
    steps.push({
      title: `Answers of ${name}`,
      stage: `evaluate-${name}`,
      count: correct,
      unit: `right of ${total}`,
      parts: [],
    });
  }
  return steps.filter(({ stage, count }) => plan.includes(stage) || count !== null);
}
