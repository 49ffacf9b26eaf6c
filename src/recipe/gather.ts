/** Collects a run folder's files into one {@link Report}. */
import { existsSync } from "node:fs";
import { arch, cpus, platform, release, totalmem } from "node:os";
import { basename, isAbsolute } from "node:path";
import { readJson, readJsonlAll } from "../data/jsonl.js";
import { Candidate, Problem, Verdict } from "../data/records.js";
import { type Comparison, Scores } from "../evaluation/schema.js";
import { MiningReport } from "../mining/index.js";
import { type Example, Report } from "../report/schema.js";
import { thin } from "../studio/curves.js";
import { runWarnings } from "../studio/warnings.js";
import { packageVersion } from "../version.js";
import { readCurves } from "./curves.js";
import type { Recipe } from "./schema.js";
import type { StageRecord } from "./stage.js";

/** Points kept of a training curve: more cannot be told apart. */
const CURVE_POINTS = 200;
/** Solutions shown in full of each kind. */
const SHOWN = 20;

export interface GatherInput {
  readonly recipe: Recipe;
  readonly model: string;
  readonly path: (...parts: string[]) => string;
  readonly history: readonly StageRecord[];
}

export async function gatherReport({ recipe, model, path, history }: GatherInput): Promise<Report> {
  const { arms, comparisons, transfer, problems, nearMiss } = await readJson(path("scores.json"), Scores);
  const miner = existsSync(path("mining.json")) ? await readJson(path("mining.json"), MiningReport) : null;
  const curves = await readCurves(path("metrics.jsonl"));
  const environment = {
    nearmiss: packageVersion(),
    node: process.version,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: totalmem() / 2 ** 30,
    finished: new Date().toISOString(),
  };
  return Report.parse({
    name: recipe.name,
    model,
    recipe: withoutFolders(recipe),
    seed: recipe.seed,
    stages: history.map(({ name, seconds, figures }) => ({ name, seconds, ...figures })),
    arms,
    comparisons,
    transfer,
    problems,
    nearMiss,
    warnings: runWarnings({
      miner,
      curves: curves.filter(({ stage }) => stage === "dpo"),
      beta: recipe.dpo.beta,
      arms,
    }),
    miner,
    curves: curves.map((curve) => ({ ...curve, points: thin(curve.points, CURVE_POINTS) })),
    examples: await examples(comparisons, path),
    environment,
  });
}

/** Absolute paths by their last part: a report is read elsewhere. */
function withoutFolders(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === "string" && isAbsolute(item) ? basename(item) : item,
    ),
  );
}

/** From the first arm to the last trained one: what the whole recipe changed. */
async function examples(
  comparisons: readonly Comparison[],
  path: GatherInput["path"],
): Promise<Report["examples"]> {
  const baselines = ["sft", "base"];
  const shown = baselines.flatMap((b) => comparisons.filter((c) => c.b === b).slice(-1))[0];
  if (shown === undefined) return null;
  const { a, b, transitions } = shown;
  const problems = new Map((await readJsonlAll(path("test.jsonl"), Problem)).map((p) => [p.id, p]));
  const [after, before] = [await solutions(a, path), await solutions(b, path)];
  const list = (ids: readonly string[]): Example[] =>
    ids.slice(0, SHOWN).flatMap((problemId) => {
      const [problem, old, now] = [problems.get(problemId), before.get(problemId), after.get(problemId)];
      if (problem === undefined || old === undefined || now === undefined) return [];
      return [{ problemId, question: problem.question, answer: problem.answer, before: old, after: now }];
    });
  return {
    a,
    b,
    wrongToRight: list(transitions.wrongToRight),
    rightToWrong: list(transitions.rightToWrong),
  };
}

async function solutions(arm: string, path: GatherInput["path"]): Promise<Map<string, Example["before"]>> {
  const candidates = await readJsonlAll(path("predictions", `${arm}.jsonl`), Candidate);
  const verdicts = await readJsonlAll(path("predictions", `${arm}-verdicts.jsonl`), Verdict);
  const texts = new Map(candidates.map(({ problemId, text }) => [problemId, text]));
  return new Map(
    verdicts.map(({ problemId, correct, wrongness, absurdity, findings }) => [
      problemId,
      {
        text: texts.get(problemId) ?? "",
        correct: correct === true,
        wrongness,
        absurdity,
        findings: findings.map(({ message }) => message),
      },
    ]),
  );
}
