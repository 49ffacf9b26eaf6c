/**
 * `npm run docs:performance`: writes the tables of docs/performance.md from docs/performance/*.json, which are results of
 * `npm run bench` and of the peers' scripts. What stands between two markers is the tables'; the rest is written by hand.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { writeFileAtomic } from "../src/data/folder.js";
import { NearmissError } from "../src/errors.js";
import { estimate, type Rates, total } from "../src/recipe/estimate.js";
import { Recipe } from "../src/recipe/schema.js";

export const PAGE = "docs/performance.md";
export const RESULTS = "docs/performance";

const Spread = z.object({ median: z.number(), min: z.number(), max: z.number(), runs: z.number() });
type Spread = z.infer<typeof Spread>;

const Machine = z.object({
  cpu: z.string(),
  cores: z.number(),
  memoryGB: z.number(),
  matmulGflops: z.object({ fp32: z.number() }).catchall(z.number()),
  versions: z.record(z.string(), z.string()),
});

const common = { date: z.string(), peakRssGB: z.number(), machine: Machine };
const modelled = { ...common, model: z.string(), precision: z.string(), tokensPerSecond: Spread };

/** The results that the page shows, by what was measured; `peer` names another program that did the same work. */
const Result = z.discriminatedUnion("bench", [
  z.object({
    bench: z.literal("train"),
    peer: z.string().optional(),
    ...modelled,
    gradientCheckpointing: z.boolean().optional(),
    tokensPerPair: z.number(),
    secondsPerStep: Spread,
    computedTokensPerSecond: Spread.optional(),
    scoreTokensPerSecond: Spread.optional(),
  }),
  z.object({
    bench: z.literal("sample"),
    peer: z.string().optional(),
    ...modelled,
    inFlight: z.number(),
    maxNewTokens: z.number(),
  }),
  z.object({
    bench: z.literal("verifier"),
    ...common,
    speed: z.object({ verdictsPerSecond: Spread, answersPerSecond: Spread }),
  }),
  z.object({
    bench: z.literal("pipeline"),
    ...common,
    of: z.string(),
    seconds: Spread,
    stages: z.record(z.string(), Spread),
    estimated: z.record(z.string(), z.number()).optional(),
    rulesShare: Spread,
  }),
  z.object({
    bench: z.literal("memory"),
    ...common,
    points: z.array(
      z.object({
        model: z.string(),
        precision: z.string(),
        recompute: z.boolean().default(false),
        length: z.number(),
        loadedGB: z.number(),
        peakRssGB: z.number(),
      }),
    ),
  }),
  z.object({
    bench: z.literal("ablation"),
    ...common,
    model: z.string(),
    choices: z.array(
      z.object({
        name: z.string(),
        tokensPerSecond: Spread,
        processorSeconds: Spread,
        peakRssGB: z.number(),
      }),
    ),
  }),
]);
type Result = z.infer<typeof Result>;
type Of<B extends Result["bench"]> = Extract<Result, { bench: B }>;

/** Every result of the folder, by file name. Throws a NearmissError naming the file that is none. */
export function readResults(folder = RESULTS): Result[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.sort().map((name) => {
    const path = join(folder, name);
    const { success, data, error } = Result.safeParse(JSON.parse(readFileSync(path, "utf8")));
    if (success) return data;
    throw new NearmissError(`${path} is no result of a bench: ${z.prettifyError(error)}`);
  });
}

const BEGIN = /^<!-- table: (\w+) -->$/;
const END = "<!-- end -->";
/** In place of a table that has no results. */
const NONE = "No result yet.";

/** The page with its tables written anew. Throws a NearmissError for a table that there is not, or that has no end. */
export function render(page: string, results: readonly Result[]): string {
  const lines: string[] = [];
  let name: string | null = null;
  for (const line of page.split("\n")) {
    if (name !== null && line !== END) continue;
    lines.push(line);
    if (line === END) name = null;
    name = BEGIN.exec(line)?.[1] ?? name;
    if (name === null || !BEGIN.test(line)) continue;
    const table = Object.entries(TABLES).find(([known]) => known === name)?.[1];
    if (table === undefined) throw new NearmissError(`${PAGE}: there is no table "${name}"`);
    const rows = table(results);
    lines.push("", ...(rows.length === 0 ? [NONE] : rows), "");
  }
  if (name !== null) throw new NearmissError(`${PAGE}: the table "${name}" has no line ${END}`);
  return lines.join("\n");
}

function of<B extends Result["bench"]>(results: readonly Result[], bench: B): Of<B>[] {
  return results.filter((result): result is Of<B> => result.bench === bench);
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

/** No lines where there are no rows. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  return rows.length === 0 ? [] : [row(head), row(head.map(() => "---")), ...rows.map(row)];
}

const span = ({ median, min, max, runs }: Spread): string =>
  runs === 1 ? `${median}` : `${median} (${min} to ${max})`;

const speed = ({ cpu, matmulGflops: { fp32, ...others } }: z.infer<typeof Machine>): string =>
  `${cpu}: ${[fp32, ...Object.entries(others).map(([type, value]) => `${value} in ${type}`)].join(", ")}`;

/** Ours first, the fastest first, model by model and processor by processor. */
const order = <T extends Of<"train"> | Of<"sample">>(results: readonly T[]): T[] =>
  results.toSorted(
    (a, b) =>
      a.model.localeCompare(b.model) ||
      a.machine.cpu.localeCompare(b.machine.cpu) ||
      Number(a.peer !== undefined) - Number(b.peer !== undefined) ||
      b.tokensPerSecond.median - a.tokensPerSecond.median,
  );

const by = ({ peer, precision }: Of<"train"> | Of<"sample">): string => `${peer ?? "Nearmiss"}, ${precision}`;

const TABLES: Readonly<Record<string, (results: readonly Result[]) => string[]>> = {
  machines(results) {
    const machines = new Map<string, Result[]>();
    for (const result of results) {
      const { cpu, cores, memoryGB } = result.machine;
      const name = `${cpu}, ${cores} cores, ${memoryGB} GB`;
      machines.set(name, [...(machines.get(name) ?? []), result]);
    }
    return table(
      ["machine", "measured on", "with"],
      [...machines].map(([name, own]) => {
        const versions = own.flatMap(({ machine }) =>
          Object.entries(machine.versions).map((pair) => pair.join(" ")),
        );
        const dates = own.map(({ date }) => date);
        return [name, [...new Set(dates)].sort().join(", "), [...new Set(versions)].sort().join(", ")];
      }),
    );
  },

  train: (results) =>
    table(
      ["model", "by", "tokens/s", "s a step", "peak, GB", "machine, GFLOP/s"],
      order(of(results, "train")).map((result) => [
        result.model,
        by(result) + (result.gradientCheckpointing ? ", gradient checkpointing" : ""),
        span(result.tokensPerSecond),
        span(result.secondsPerStep),
        result.peakRssGB,
        speed(result.machine),
      ]),
    ),

  sample: (results) =>
    table(
      ["model", "by", "in flight", "new tokens", "tokens/s", "peak, GB", "machine, GFLOP/s"],
      order(of(results, "sample")).map((result) => [
        result.model,
        by(result),
        result.inFlight,
        result.maxNewTokens,
        span(result.tokensPerSecond),
        result.peakRssGB,
        speed(result.machine),
      ]),
    ),

  verifier: (results) =>
    table(
      ["solutions judged a second", "answers compared a second"],
      of(results, "verifier").map(({ speed: { verdictsPerSecond, answersPerSecond } }) => [
        span(verdictsPerSecond),
        span(answersPerSecond),
      ]),
    ),

  pipeline: (results) =>
    of(results, "pipeline").flatMap(({ of: name, stages, seconds, rulesShare, estimated = {} }) => [
      `\`${name}\`: ${span(seconds)} s in all; verifying and mining are ${(100 * rulesShare.median).toFixed(2)} % of it.`,
      "",
      ...table(
        ["stage", "s", "estimated, s"],
        [
          ...Object.entries(stages).map(([stage, spent]) => [stage, span(spent), estimated[stage] ?? ""]),
          [
            "all",
            span(seconds),
            Object.values(estimated)
              .reduce((sum, each) => sum + each, 0)
              .toFixed(1),
          ],
        ],
      ),
    ]),

  memory: (results) => {
    const points = of(results, "memory").flatMap((result) => result.points);
    const lengths = [...new Set(points.map(({ length }) => length))];
    const kindOf = ({ model, precision, recompute }: (typeof points)[number]): string =>
      `${model}, ${precision}${recompute ? ", computed again" : ""}`;
    const kinds = [...new Set(points.map(kindOf))];
    return table(
      ["model", "loading, GB", ...lengths.map((length) => `${length} tokens`)],
      kinds.map((kind) => {
        const own = points.filter((point) => kindOf(point) === kind);
        return [kind, own[0]?.loadedGB ?? "", ...own.map(({ peakRssGB }) => peakRssGB)];
      }),
    );
  },

  ablation: (results) =>
    of(results, "ablation").flatMap(({ model, choices }) => [
      `${model}:`,
      "",
      ...table(
        ["a step", "tokens/s", "processor, s", "peak, GB"],
        choices.map(({ name, tokensPerSecond, processorSeconds, peakRssGB }) => [
          name,
          span(tokensPerSecond),
          span(processorSeconds),
          peakRssGB,
        ]),
      ),
    ]),

  scale: (results) => {
    const sampled = of(results, "sample").filter(({ peer }) => peer === undefined);
    const trained = of(results, "train").filter(({ peer }) => peer === undefined);
    const verifier = of(results, "verifier")[0]?.speed.verdictsPerSecond.median;
    const rows = trained.flatMap((result) => {
      const { model, precision, machine, computedTokensPerSecond, scoreTokensPerSecond } = result;
      const sample = sampled.find(
        (other) =>
          other.model === model && other.precision === precision && other.machine.cpu === machine.cpu,
      );
      if (!sample || !verifier || !computedTokensPerSecond || !scoreTokensPerSecond) return [];
      const rates: Rates = {
        train: computedTokensPerSecond.median,
        score: scoreTokensPerSecond.median,
        sample: sample.tokensPerSecond.median,
        verify: verifier,
      };
      return [[model, precision, machine.cpu, ...PROBLEMS.map((train) => hours(train, rates))]];
    });
    return table(
      [
        "model",
        "precision",
        "processor",
        ...PROBLEMS.map((train) => `${train.toLocaleString("en")} problems`),
      ],
      rows,
    );
  },
};

const PROBLEMS = [100, 1000, 10_000, 100_000];
/** GSM8K's test set, and lengths in tokens that are assumed, not measured: the page says so. */
const GSM8K = { test: 1319, transfer: 0, prompt: 110, solution: 110, sampled: 160 };

function hours(train: number, rates: Rates): string {
  const source = { reader: "synthetic", split: "train", count: 1, seed: 1 };
  const recipe = Recipe.parse({
    name: "scale",
    model: "any",
    problems: { train: source, test: { ...source, split: "test" } },
  });
  const seconds = total(estimate(recipe, { ...GSM8K, train }, rates));
  return `${Number((seconds / 3600).toPrecision(2)).toLocaleString("en")} h`;
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? "")).href) {
  if (!existsSync(PAGE)) throw new NearmissError(`There is no ${PAGE}: run this from the project's root.`);
  await writeFileAtomic(PAGE, render(readFileSync(PAGE, "utf8"), readResults()));
}
