/** The overview of a run folder: state, progress, flow, what cannot be read. */
import { readdirSync, statSync } from "node:fs";
import { basename } from "node:path";
import { REVIEW_FILE } from "../../data/review-file.js";
import { type MetricsLine, seriesOf } from "../curves.js";
import { flowOf } from "../flow.js";
import { progressOf, stepsInAll } from "../progress.js";
import type { Overview, Progress, RunSummary, StageView } from "../schema.js";
import { filesOf } from "../sets.js";
import { runWarnings } from "../warnings.js";
import type { FolderRecords } from "./folder.js";
import { type RecipeView, type RunStateView, recipeView } from "./state.js";

export async function overviewOf(records: FolderRecords): Promise<Overview> {
  const state = records.state();
  const recipeText = records.text("recipe.yaml");
  const recipe = recipeView(recipeText);
  const miner = await records.miner();
  // Scores that cannot be read are told among the faults, and leave the rest to be seen.
  const scores = await records.scores().catch(() => null);
  const progress = state.current === null ? null : await progressIn(records, state, recipe);
  // Every file is read sooner or later, so that what is broken in it is told: the large ones without much waiting.
  const both = ["samples", "test-samples"];
  const problems = Promise.all(both.map((set) => records.problems(set)));
  const [listed, ...indexed] = await Promise.all([
    records.within(
      problems,
      both.map((set) => filesOf(set).problems),
    ),
    ...setsOf(records).map((set) => records.solutions(set)),
  ]);
  const metrics = await records.metrics();
  const reviews = await records.reviews();
  const { faults, count } = records.faults(state.status !== "running");
  const { current, stages } = state;
  // Scores of an earlier run stay in the folder until the next are there.
  const scored = (stages.get("score")?.status ?? "done") === "done";
  return {
    run: summary(records, state, recipe, progress),
    stages: state.plan.map((name) => stageView(name, state, name === current ? progress : null)),
    flow: flowOf({
      figures: (stage) => (stages.get(stage)?.status === "done" ? stages.get(stage)?.figures : undefined),
      plan: state.plan,
      miner,
      live: progress === null || current === null ? {} : { [current]: progress.done },
      accuracies: scored ? (scores?.arms ?? []) : [],
    }),
    miner,
    sets: setsOf(records),
    warnings: runWarnings({
      miner,
      curves: dpoCurves(metrics),
      beta: recipe.beta,
      arms: scores?.arms ?? [],
    }),
    recipe: recipeText,
    faults: state.fault === null ? faults : [state.fault, ...faults],
    faultCount: count + (state.fault === null ? 0 : 1),
    reviews: reviews.counts(),
    reviewsPending: newer(records, REVIEW_FILE, "mining.json"),
    indexing: !listed || indexed.some((set) => set !== null && set.reading.bytes < set.reading.of),
    partial: null,
  };
}

/** For the list of runs: without reading anything large. */
export async function summaryOf(records: FolderRecords): Promise<RunSummary> {
  const state = records.state();
  const recipe = recipeView(records.text("recipe.yaml"));
  const progress = state.status === "running" ? await progressIn(records, state, recipe) : null;
  return summary(records, state, recipe, progress);
}

function summary(
  { folder, id }: FolderRecords,
  state: RunStateView,
  { name, model }: RecipeView,
  progress: Progress | null,
): RunSummary {
  const { plan, stages, status, current, error } = state;
  return {
    id,
    name: name ?? basename(folder),
    model,
    status,
    stage: current,
    stagesDone: plan.filter((stage) => stages.get(stage)?.status === "done").length,
    stagesTotal: plan.length,
    progress,
    changed: new Date(statSync(folder).mtimeMs).toISOString(),
    error,
  };
}

function stageView(
  name: string,
  { stages, current, status }: RunStateView,
  progress: Progress | null,
): StageView {
  const known = stages.get(name);
  const begun = known?.status === "running" || (name === current && status === "running");
  const halted = known?.error === undefined ? "stopped" : "failed";
  const live = status === "running" ? "running" : halted;
  return {
    name,
    status: known?.status === "done" ? "done" : begun && name === current ? live : "waiting",
    seconds: known?.seconds ?? null,
    memory: known?.memory ?? null,
    figures: known?.figures ?? {},
    progress,
  };
}

/** The DPO arms' steps as far as they are, for their warnings. */
const dpoCurves = (metrics: readonly MetricsLine[]) =>
  seriesOf(metrics.filter(({ stage }) => stage === "dpo")).map(({ arm, lines }) => ({
    arm,
    points: lines.map(({ step, ...rest }) => ({
      step,
      metrics: Object.fromEntries(
        Object.entries(rest).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])),
      ),
    })),
  }));

/** How far the current stage is, from the file that it writes; null where none tells. */
async function progressIn(
  records: FolderRecords,
  { current, stages, status, age }: RunStateView,
  { plan }: RecipeView,
): Promise<Progress | null> {
  const known = current === null ? undefined : stages.get(current);
  if (current === null || known?.status !== "running") return null;
  const seconds = known.seconds + (status === "running" ? Math.max(0, age) / 1000 : 0);
  const [test, train] = [stages.get("problems")?.figures.test, stages.get("problems")?.figures.train];
  const sampled = async (set: string, each: number | null, of: number | undefined): Promise<Progress> => {
    const solutions = await records.solutions(set);
    const tokens = solutions?.columns.tokens.reduce((sum, n) => sum + n, 0) ?? 0;
    const total = each === null || of === undefined ? null : each * of;
    return progressOf({ done: solutions?.columns.count ?? 0, total, unit: "solutions", tokens, seconds });
  };
  if (current === "sample") return sampled("samples", plan.sampleN, train);
  if (current === "near-misses") return sampled("test-samples", plan.nearMissSamples, test);
  if (current.startsWith("evaluate-")) return sampled(current.slice("evaluate-".length), 1, test);
  const [, transfer, arm] = /^transfer-(.+)-((?:base|sft|dpo)[a-z-]*)$/.exec(current) ?? [];
  if (transfer !== undefined) {
    const set = `${arm}~${transfer}`;
    return sampled(set, 1, (await records.problems(set)).size);
  }
  if (!/^(?:sft|dpo)/.test(current)) return null;
  const last = (await records.metrics()).filter(({ arm }) => arm === current).at(-1);
  const number = (name: string) => (typeof last?.[name] === "number" ? last[name] : 0);
  const training = current === "sft" ? plan.sft : plan.dpo;
  return progressOf({
    done: last?.step ?? 0,
    total: last === undefined ? training.maxSteps : stepsInAll(training, last.step, number("epoch")),
    unit: "steps",
    tokens: last === undefined ? null : number("num_tokens"),
    seconds,
  });
}

/** The sets of solutions that are there. */
export function setsOf(records: FolderRecords): string[] {
  const drawn = ["samples", "test-samples"].filter((set) => records.path(filesOf(set).candidates) !== null);
  const transfers = names(records, "transfer", /^([\w-]+)\.jsonl$/);
  return [
    ...drawn,
    ...arms(records, "predictions"),
    ...transfers.flatMap((name) => arms(records, `predictions/${name}`).map((arm) => `${arm}~${name}`)),
  ];
}

const arms = (records: FolderRecords, folder: string) =>
  names(records, folder, /^([a-z0-9-]+)\.jsonl$/).filter((arm) => !arm.endsWith("-verdicts"));

/** What a pattern captures of the names in a folder; nothing where there is no such folder. */
function names(records: FolderRecords, folder: string, pattern: RegExp): string[] {
  const path = records.path(folder);
  return (path === null ? [] : readdirSync(path)).flatMap((name) => pattern.exec(name)?.[1] ?? []);
}

/** Whether a file that is there was written after another that is there. */
function newer(records: FolderRecords, file: string, other: string): boolean {
  const [a, b] = [records.path(file), records.path(other)];
  return a !== null && b !== null && statSync(a).mtimeMs > statSync(b).mtimeMs;
}
