/** The page of an experiment: the reports of its runs, one recipe with a seed for each, as one Markdown document. */
import { type PooledArm, type PooledComparison, poolRuns } from "../../evaluation/index.js";
import type { Report } from "../schema.js";
import { comparisonCells, percent, points, pValue, withInterval } from "../words.js";
import { pricesOf } from "./prices.js";
import { answersByArm, dimensionsByArm, errorsByArm, learningByArm, stepsByArm } from "./tables.js";

export interface Experiment {
  /** At least one, of the same problems. */
  readonly reports: readonly Report[];
  readonly arms: readonly PooledArm[];
  readonly comparisons: readonly PooledComparison[];
}

/** A table; without rows it is left out, with its title. */
export type Grid = { readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] };

/**
 * README.md of an experiment's folder. The plots beside it are named here: see plots.ts. Without `title` its heading is
 * the recipe's name and the model, which two experiments of one recipe share.
 */
export function renderExperiment({ reports, arms, comparisons }: Experiment, title?: string): string {
  const [first] = reports;
  if (first === undefined) throw new RangeError("an experiment needs at least one report");
  const seeds = reports.map(({ seed }) => seed);
  const many = reports.length > 1;
  const uneven = arms.some(({ name }) => reports.some((report) => report.arms.every((a) => a.name !== name)));
  return `${[
    `# ${title ?? `${first.name}: ${first.model}`}`,
    "",
    `${many ? `Seeds ${seeds.join(", ")}` : `Seed ${seeds[0]}`}; ${first.problems.length} test problems, each answered greedily once a seed by each of its arms. Recipe: [recipe.yaml](recipe.yaml). Every figure is drawn from the reports beside this page: ${seeds.map((seed) => `[seed ${seed}](seed-${seed}/report.json)`).join(", ")}.`,
    "",
    "## Outcome",
    "",
    ...comparisons.map((comparison) => `- ${sentence(comparison)}`),
    ...warningsOf(reports),
    "",
    "![Accuracy of each arm](accuracy.svg) ![Differences between arms](differences.svg)",
    "",
    "## Accuracy",
    "",
    `Bootstrap 95 % intervals over problems${many ? "; a problem's answers of all seeds are drawn together. Single seeds have Wilson's" : ""}. The near-miss slice is the problems on which the model that preferences start from (SFT's, where there is SFT) draws a near miss: surely wrong, plausible, numerically close.${uneven ? " Not every seed has every arm: an arm counts in those that have it, and two are compared over those that have both." : ""}`,
    "",
    ...table({
      header: ["Arm", "All problems", "Near-miss slice", ...(many ? seeds.map((s) => `Seed ${s}`) : [])],
      rows: arms.map((arm) => [
        arm.name,
        `${withInterval(arm)} (${arm.correct} of ${arm.total})`,
        `${withInterval(arm.nearMiss)} (${arm.nearMiss.correct} of ${arm.nearMiss.total})`,
        ...(many ? reports.map((report) => single(report, arm.name)) : []),
      ]),
    }),
    "",
    "## Differences",
    "",
    `Percentage points. "p" is the exact sign-flip test by problem, which keeps a problem's answers of all seeds together${many ? "" : " and is McNemar's exact test for one seed"}; "Holm" is it adjusted over all rows of the table${many ? "; McNemar's test takes the answers of several seeds to one problem for independent" : ""}.`,
    "",
    "### All problems",
    "",
    ...table(contrasts(comparisons, "all")),
    "",
    "### Near-miss slice",
    "",
    ...table(contrasts(comparisons, "nearMiss")),
    ...(many ? reports.flatMap(oneSeed) : []),
    ...transfers(reports),
    ...section("By number of steps of the worked solution", stepsByArm(reports)),
    ...section(
      "Near-miss slice, by the dimension in which its near misses go wrong",
      dimensionsByArm(reports),
    ),
    ...section("What the answers look like", answersByArm(reports)),
    ...section("What the wrong answers are made of", errorsByArm(reports)),
    ...section("Training, mean of the last fifth of the steps", learningByArm(reports)),
    ...reports.flatMap(pairs),
    ...section("Price", pricesOf(reports)),
    "",
    changes(reports),
    "",
    ...[...new Set(reports.map(machine))],
  ].join("\n")}\n`;
}

/** The rule is fixed before any result: a difference is shown where its interval and Holm's p both say so. */
function sentence({ a, b, all, nearMiss }: PooledComparison): string {
  const [low, high] = all.ci95;
  const shown = all.pHolm < 0.05 && (low > 0 || high < 0);
  const said = shown ? `is ${all.difference > 0 ? "better" : "worse"} than` : "is not shown to differ from";
  const [lowNear, highNear] = nearMiss.ci95;
  const slice = `${points(nearMiss.difference)} [${points(lowNear)}, ${points(highNear)}] on the near-miss slice, Holm p ${pValue(nearMiss.pHolm)}`;
  return `${a} ${said} ${b}: ${points(all.difference)} points [${points(low)}, ${points(high)}], Holm p ${pValue(all.pHolm)}; ${slice}.`;
}

function warningsOf(reports: readonly Report[]): string[] {
  return reports.flatMap(({ seed, warnings }) => warnings.map((w) => `- Warning, seed ${seed}: ${w}`));
}

const single = (report: Report, name: string): string => {
  const arm = report.arms.find((one) => one.name === name);
  return arm === undefined ? "–" : `${withInterval(arm)}, slice ${withInterval(arm.nearMiss)}`;
};

function contrasts(comparisons: readonly PooledComparison[], where: "all" | "nearMiss"): Grid {
  return {
    header: ["Comparison", "Difference [95 %]", "Wrong to right", "Right to wrong", "p", "Holm", "McNemar"],
    rows: comparisons.map(({ a, b, ...of }) => {
      const { difference, ci95, wrongToRight, rightToWrong, pByProblem, pHolm, pMcNemar } = of[where];
      return [
        `${a} − ${b}`,
        `${points(difference)} [${points(ci95[0])}, ${points(ci95[1])}]`,
        String(wrongToRight),
        String(rightToWrong),
        ...[pByProblem, pHolm, pMcNemar].map(pValue),
      ];
    }),
  };
}

/** Arms and their differences on other problems, all seeds together. */
function transfers(reports: readonly Report[]): string[] {
  const names = [...new Set(reports.flatMap(({ transfer }) => transfer.map(({ name }) => name)))];
  return names.flatMap((name) => {
    const runs = reports.flatMap(({ transfer }) => transfer.filter((set) => set.name === name));
    const { arms, comparisons } = poolRuns(
      runs.map((run) => ({ ...run, nearMiss: [] })),
      { seed: reports[0]?.seed ?? 0 },
    );
    const accuracies = arms.map((arm) => [arm.name, `${withInterval(arm)} (${arm.correct} of ${arm.total})`]);
    return [
      ...section(`Elsewhere: ${name}`, { header: ["Arm", "All problems"], rows: accuracies }),
      "",
      ...table(contrasts(comparisons, "all")),
    ];
  });
}

function oneSeed({ seed, comparisons }: Report): string[] {
  return section(`Seed ${seed} alone`, {
    header: ["Comparison", "Difference [95 %]", "McNemar", "Holm", "Near-miss slice", "McNemar"],
    rows: comparisons.map(comparisonCells),
  });
}

function pairs({ seed, miner }: Report): string[] {
  if (miner === null) return [];
  const { pairs: made, problems, samples, lengths, weights, frequency, suspects } = miner;
  const spread =
    weights === null
      ? ""
      : ` Weights: ${weights.min.toFixed(2)} to ${weights.max.toFixed(2)}, 80 % of them between ${weights.p10.toFixed(2)} and ${weights.p90.toFixed(2)}.`;
  const common =
    frequency === null
      ? ""
      : ` The rejected mistakes are made by ${percent(frequency.median)} of a problem's samples in the median, ${percent(frequency.p90)} at the 90th percentile.`;
  return [
    ...section(`Pairs, seed ${seed}`, {
      header: ["Gate", "Negatives in", "Taken"],
      rows: miner.gates.map(({ name, in: came, taken }) => [name, String(came), String(taken)]),
    }),
    "",
    `${samples.correct} right samples, ${samples.wrongAnswer} wrong ones, ${samples.nearMiss} near misses. ${made.total} pairs of ${problems.paired} problems; ${made.chosen.sample} chosen sides are the model's own, ${made.chosen.gold} the data set's; ${made.rejected.perturbed} rejected sides are perturbed; ${made.inBothArms} pairs are the same in the random arm. Mean characters: chosen ${lengths.chosen.toFixed(0)}, hard ${lengths.hard.toFixed(0)}, random ${lengths.random.toFixed(0)}.${spread}${common} ${suspects.length} problems set aside for a doubtful reference.`,
  ];
}

/** Where the solutions that changed are, of the runs that show them. */
function changes(reports: readonly Report[]): string {
  const shown = reports.filter(({ examples }) => examples !== null);
  if (shown.length === 0)
    return "No solutions that changed are shown here: see `nearmiss report` without `--without-texts`, and with two arms.";
  return `Solutions that changed, twenty of each kind where there are so many, in the order of the test problems: ${shown.map(({ seed }) => `[seed ${seed}](seed-${seed}/changes.md)`).join(", ")}.`;
}

const machine = ({ environment: { nearmiss, node, platform, cpu, cores, memoryGiB } }: Report): string =>
  `Nearmiss ${nearmiss}, Node ${node}, ${platform}, ${cpu}, ${cores} cores, ${memoryGiB.toFixed(0)} GiB.`;

function section(title: string, grid: Grid): string[] {
  return grid.rows.length === 0 ? [] : ["", `## ${title}`, "", ...table(grid)];
}

function table({ header, rows }: Grid): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((c) => c.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}
