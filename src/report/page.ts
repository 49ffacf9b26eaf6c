/** `report.html`: one self-contained page drawn from report.json alone; no script, no font, no file from elsewhere. */
import { stringify } from "yaml";
import type { MiningReport } from "../mining/report.js";
import { accuracyChart, curveChart, differenceChart, dimensionChart, gateChart, mapChart } from "./charts.js";
import { examplesSection } from "./examples.js";
import { type Html, html, trusted } from "./html.js";
import type { Report } from "./schema.js";
import { STYLE } from "./style.js";
import { comparisonCells, conclusions, withInterval } from "./words.js";

/** The whole page as text. All text of models and data sets is escaped. */
export function renderPage(report: Report): string {
  const title = `${report.name}: ${report.model}`;
  return `<!doctype html>\n${html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body><main>
<h1>${report.name}</h1>
<p class="muted">${report.model}, seed ${report.seed}, ${report.environment.finished}</p>
${[conclusionBox(report), arms(report), differences(report), mining(report), training(report), examplesSection(report), costs(report), recipe(report)]}
</main></body>
</html>`}\n`;
}

function conclusionBox(report: Report): Html {
  const sentences = conclusions(report);
  const list = sentences.length > 0 ? sentences : ["No trained arm was compared in this run."];
  const warnings = report.warnings.map((warning) => html`<li><strong>Warning.</strong> ${warning}</li>`);
  return html`<div class="conclusions"><ul>${list.map((sentence) => html`<li>${sentence}</li>`)}${warnings}</ul></div>`;
}

function arms(report: Report): Html {
  const rows = report.arms.map((arm) => [
    arm.name,
    withInterval(arm),
    `${arm.correct} of ${arm.total}`,
    withInterval(arm.nearMiss),
    `${arm.nearMiss.correct} of ${arm.nearMiss.total}`,
  ]);
  return html`<h2>Accuracy</h2>
<p>Greedy answers to the test problems, with Wilson 95 % intervals. The near-miss slice is the problems on which the
SFT model's own samples hold at least one near miss: surely wrong, plausible, and numerically close.</p>
<div class="grid">
${figure(html`<span class="key solid accent"></span> all problems, <span class="key second"></span> near-miss slice`, accuracyChart(report))}
${table(["Arm", "All problems", "", "Near-miss slice", ""], rows)}
</div>`;
}

function differences(report: Report): Html {
  if (report.comparisons.length === 0) return html``;
  const rows = report.comparisons.map(comparisonCells);
  return html`<h2>Paired differences</h2>
<p>The same problems for both arms: percentage points with paired bootstrap 95 % intervals, McNemar's exact p, and p
adjusted by Holm over all comparisons.</p>
<div class="grid">
${figure(html`All problems`, differenceChart(report, "all"))}
${figure(html`Near-miss slice`, differenceChart(report, "near"))}
</div>
${table(["Comparison", "Difference", "p", "p (Holm)", "Near-miss slice", "p"], rows)}`;
}

function mining(report: Report): Html {
  const { miner } = report;
  if (miner === null) return html``;
  const { problems, pairs, lengths, suspects } = miner;
  return html`<h2>Samples and pairs</h2>
<p>${pairs.total} pairs from ${problems.paired} problems; ${pairs.chosen.sample} chosen solutions are the model's own and
${pairs.chosen.gold} the data set's; ${pairs.rejected.perturbed} rejected ones are perturbed. Mean length in characters: chosen
${lengths.chosen.toFixed(0)}, hard ${lengths.hard.toFixed(0)}, random ${lengths.random.toFixed(0)}.</p>
<div class="grid">
${figure(html`Samples of the training problems: <span class="key third"></span> correct, × wrong, <span class="key square second"></span> mined as rejected`, mapChart(report))}
<div>
${figure(html`What the gates let through`, gateChart(miner))}
${figure(html`Pairs by what is wrong with the rejected side`, dimensionChart(miner))}
</div>
</div>
${suspects.length === 0 ? html`` : setAside(suspects)}`;
}

function setAside(suspects: MiningReport["suspects"]): Html {
  const rows = suspects.map(({ problemId, reference, answer, votes, answered }) => [
    problemId,
    reference,
    answer,
    `${votes} of ${answered}`,
  ]);
  return html`<details><summary>${suspects.length} problems set aside: their samples agree against the reference</summary>
${table(["Problem", "Reference", "The samples' answer", "Votes"], rows)}</details>`;
}

/** Which curves are shown, and what they are called. */
const CURVES = [
  ["sft", "loss", "SFT: loss"],
  ["dpo", "loss", "DPO: loss"],
  ["dpo", "rewards/accuracies", "DPO: share of pairs ranked right"],
  ["dpo", "rewards/margins", "DPO: reward margin"],
] as const;

function training(report: Report): Html {
  const figures = CURVES.flatMap(([stage, metric, caption]) => {
    const chart = curveChart(report, stage, metric);
    return chart === null ? [] : [figure(html`${caption}`, chart)];
  });
  return figures.length === 0 ? html`` : html`<h2>Training</h2><div class="grid">${figures}</div>`;
}

function costs({ stages, environment }: Report): Html {
  const rows = stages.map(({ name, seconds, tokens }) => [
    name,
    seconds.toFixed(1),
    tokens === undefined ? "" : tokens.toLocaleString("en"),
    tokens === undefined ? "" : (tokens / Math.max(seconds, 1e-9)).toFixed(0),
  ]);
  const { nearmiss, node, platform, cpu, cores, memoryGiB } = environment;
  return html`<h2>Cost</h2>
${table(["Stage", "Seconds", "Tokens", "Tokens a second"], rows)}
<p class="muted">Nearmiss ${nearmiss}, Node ${node}, ${platform}, ${cpu}, ${cores} cores, ${memoryGiB.toFixed(1)} GiB.</p>`;
}

function recipe(report: Report): Html {
  return html`<h2>Recipe</h2><details><summary>As resolved</summary><pre>${stringify(report.recipe)}</pre></details>`;
}

const figure = (caption: Html, chart: Html): Html =>
  html`<figure><figcaption>${caption}</figcaption>${chart}</figure>`;

function table(header: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="scroll"><table>
<thead><tr>${header.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}
