/** The arms: accuracies with intervals, paired differences, and which problems changed, with both texts. */

import * as Plot from "@observablehq/plot";
import type { Comparison } from "../../src/evaluation/schema.js";
import { comparisonCells, conclusions, withInterval } from "../../src/report/words.js";
import type { ArmsView } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { armLook } from "../parts/arms.js";
import { Both } from "../parts/both.js";
import { Chart } from "../parts/chart.js";
import { Choice } from "../parts/filters.js";
import { percent } from "../parts/numbers.js";
import { Scroll } from "../parts/scroll.js";
import { Notice, Shown } from "../parts/states.js";
import { Plain } from "../parts/text.js";
import { go, linkTo } from "../route.js";

export function ArmsPage({ run, parameters }: RunPageProps) {
  const source = useSource();
  const loaded = useLoaded(`arms ${run}`, run, ["scores.json"], () => source.arms(run));
  const missing = loaded.state === "failed" && "missing" in loaded.error && loaded.error.missing === true;
  return (
    <>
      <h1>Arms</h1>
      {missing ? (
        <Notice kind="empty" title="The arms are not scored yet">
          Scores come at the end of a run, in the stage “score”. Until then the Run view shows how far it is.
        </Notice>
      ) : (
        <Shown of={loaded} what="the arms">
          {(arms) => <Arms run={run} of={arms} parameters={parameters} />}
        </Shown>
      )}
    </>
  );
}

function Arms({ run, of, parameters }: { run: string; of: ArmsView; parameters: URLSearchParams }) {
  const sentences = conclusions(of);
  return (
    <>
      <ul class="conclusions">
        {(sentences.length > 0 ? sentences : ["No trained arm was compared in this run."]).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <section>
        <h2>Accuracy</h2>
        <p>
          Greedy answers to the test problems, with Wilson 95 % intervals: filled marks all problems, hollow
          ones the near-miss slice.
        </p>
        <Chart
          label="Accuracy of each arm with its interval; the table says the same"
          options={() => accuracyChart(of)}
        />
        <Table
          label="Accuracy of each arm"
          head={["Arm", "All problems", "", "Near-miss slice", ""]}
          rows={of.arms.map((arm) => [
            arm.name,
            withInterval(arm),
            `${arm.correct} of ${arm.total}`,
            withInterval(arm.nearMiss),
            `${arm.nearMiss.correct} of ${arm.nearMiss.total}`,
          ])}
        />
      </section>
      {of.comparisons.length > 0 && (
        <section>
          <h2>Paired differences</h2>
          <p>
            The same problems for both arms: percentage points with paired bootstrap 95 % intervals, McNemar's
            exact p, and Holm's.
          </p>
          <Chart
            label="Paired differences with intervals; the table says the same"
            options={(width) => differenceChart(of, width)}
          />
          <Table
            label="Paired differences"
            head={["Comparison", "Difference", "p", "p (Holm)", "Near-miss slice", "p"]}
            rows={of.comparisons.map(comparisonCells)}
          />
        </section>
      )}
      {of.transfer.map(({ name, arms, comparisons }) => (
        <section key={name}>
          <h2>On other problems: {name}</h2>
          <Table
            label={`Accuracy on ${name}`}
            head={["Arm", "Accuracy", "Right"]}
            rows={arms.map((arm) => [arm.name, withInterval(arm), `${arm.correct} of ${arm.total}`])}
          />
          <Table
            label={`Paired differences on ${name}`}
            head={["Comparison", "Difference", "p", "p (Holm)"]}
            rows={comparisons.map((comparison) => comparisonCells(comparison).slice(0, 4))}
          />
        </section>
      ))}
      {of.comparisons.length > 0 && <Changes run={run} of={of} parameters={parameters} />}
    </>
  );
}

function Table({
  label,
  head,
  rows,
}: {
  label: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}) {
  return (
    <Scroll label={label}>
      <table>
        <thead>
          <tr>
            {head.map((cell, i) =>
              cell === "" ? (
                <td key={i} />
              ) : (
                <th key={i} scope="col">
                  {cell}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = "", ...rest]) => (
            <tr key={first}>
              <th scope="row">{first}</th>
              {rest.map((cell, i) => (
                <td key={i}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const nameOf = ({ a, b }: Pick<Comparison, "a" | "b">) => `${a} against ${b}`;
/** Problems listed of each kind; the rest are counted. */
const LISTED = 200;

function Changes({ run, of, parameters }: { run: string; of: ArmsView; parameters: URLSearchParams }) {
  const names = of.comparisons.map(nameOf);
  const preset = of.comparisons.find(({ a, b }) => a === "dpo-weighted" && (b === "sft" || b === "base"));
  const shown =
    of.comparisons.find(({ a, b }) => a === parameters.get("a") && b === parameters.get("b")) ??
    preset ??
    of.comparisons[0];
  if (shown === undefined) return null;
  const { a, b, transitions } = shown;
  const { wrongToRight, rightToWrong, bothRight, bothWrong } = transitions;
  const open = parameters.get("problem");
  const link = (problem: string) => linkTo(run, "arms", { a, b, problem });
  const list = (title: string, ids: readonly string[]) => (
    <section class="side">
      <h3>
        {title} ({ids.length})
      </h3>
      {ids.length === 0 && <p class="muted">None.</p>}
      <ul class="changed">
        {ids.slice(0, LISTED).map((id) => (
          <li key={id}>
            <a href={link(id)} aria-current={id === open ? "true" : undefined}>
              <Plain text={of.questions[id] || id} />
            </a>
          </li>
        ))}
      </ul>
      {ids.length > LISTED && <p class="muted">and {ids.length - LISTED} more</p>}
    </section>
  );
  return (
    <section>
      <h2>What changed</h2>
      <Choice
        label="Comparison"
        value={nameOf(shown)}
        options={names}
        onChange={(name) => {
          const next = of.comparisons.find((comparison) => nameOf(comparison) === name);
          if (next !== undefined) go(linkTo(run, "arms", { a: next.a, b: next.b }));
        }}
      />
      <table class="transitions">
        <caption>Problems by how both arms answer</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{a} right</th>
            <th scope="col">{a} wrong</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{b} right</th>
            <td class="number">{bothRight}</td>
            <td class="number changed-cell">{rightToWrong.length}</td>
          </tr>
          <tr>
            <th scope="row">{b} wrong</th>
            <td class="number changed-cell">{wrongToRight.length}</td>
            <td class="number">{bothWrong}</td>
          </tr>
        </tbody>
      </table>
      {open !== null && <Both run={run} a={a} b={b} problem={open} />}
      <div class="sides">
        {list(`Wrong with ${b}, right with ${a}`, wrongToRight)}
        {list(`Right with ${b}, wrong with ${a}`, rightToWrong)}
      </div>
    </section>
  );
}

function accuracyChart({ arms }: ArmsView): Plot.PlotOptions {
  const rows = arms.flatMap(({ name, accuracy, ci95, nearMiss }) => [
    { arm: name, near: false, accuracy, low: ci95[0], high: ci95[1], total: 1 },
    {
      arm: name,
      near: true,
      accuracy: nearMiss.accuracy,
      low: nearMiss.ci95[0],
      high: nearMiss.ci95[1],
      total: nearMiss.total,
    },
  ]);
  const there = rows.filter(({ accuracy }) => accuracy !== null);
  const colour = ({ arm }: { arm: string }) => armLook(arm).colour;
  const of = (near: boolean) => there.filter((row) => row.near === near);
  return {
    height: 60 + 44 * arms.length,
    marginLeft: 104,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 38,
    x: {
      domain: [0, 1],
      percent: false,
      grid: true,
      ticks: 5,
      label: "problems solved",
      tickFormat: percentTick,
    },
    y: { domain: arms.map(({ name }) => name), label: null },
    marks: [
      Plot.ruleY(of(false), { y: "arm", x1: "low", x2: "high", dy: -7, stroke: colour, strokeWidth: 2 }),
      Plot.dot(of(false), { y: "arm", x: "accuracy", dy: -7, r: 5, fill: colour }),
      Plot.ruleY(of(true), {
        y: "arm",
        x1: "low",
        x2: "high",
        dy: 8,
        stroke: colour,
        strokeWidth: 1.5,
        strokeDasharray: "3 2",
      }),
      Plot.dot(of(true), {
        y: "arm",
        x: "accuracy",
        dy: 8,
        r: 4.5,
        fill: "var(--page)",
        stroke: colour,
        strokeWidth: 2,
      }),
      Plot.tip(
        there,
        Plot.pointer({
          x: "accuracy",
          y: "arm",
          title: ({ arm, near, accuracy, low, high }) =>
            `${arm}, ${near ? "near-miss slice" : "all problems"}\n${percent(accuracy)} [${percent(low)}, ${percent(high)}]`,
        }),
      ),
    ],
  };
}

const percentTick = (share: number) => `${Math.round(100 * share)} %`;

function differenceChart({ comparisons }: ArmsView, width: number): Plot.PlotOptions {
  const narrow = width < 480;
  const rows = comparisons.map(({ a, b, difference, ci95 }) => ({
    name: narrow ? `${a} − ${b}`.replaceAll("dpo-", "") : `${a} − ${b}`,
    a,
    difference,
    low: ci95[0],
    high: ci95[1],
  }));
  const reach = Math.max(0.05, ...rows.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));
  return {
    height: 60 + 30 * rows.length,
    marginLeft: narrow ? 124 : 190,
    marginRight: 20,
    marginTop: 8,
    marginBottom: 38,
    x: {
      domain: [-reach, reach],
      grid: true,
      ticks: 5,
      label: "difference, percentage points",
      tickFormat: (d: number) => String(Math.round(1000 * d) / 10),
    },
    y: { domain: rows.map(({ name }) => name), label: null },
    marks: [
      Plot.ruleX([0], { stroke: "var(--text)" }),
      Plot.ruleY(rows, {
        y: "name",
        x1: "low",
        x2: "high",
        stroke: ({ a }: { a: string }) => armLook(a).colour,
        strokeWidth: 2,
      }),
      Plot.dot(rows, {
        y: "name",
        x: "difference",
        r: 5,
        fill: ({ a }: { a: string }) => armLook(a).colour,
        symbol: "square",
      }),
    ],
  };
}
