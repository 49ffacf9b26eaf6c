/** The arms: accuracies with intervals, paired differences, and which problems changed, with both texts. */
import { comparisonCells, conclusions, withInterval } from "../../src/report/words.js";
import type { ArmsView } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { accuracyChart, differenceChart } from "../parts/arm-charts.js";
import { Changes } from "../parts/changes.js";
import { Chart } from "../parts/chart.js";
import { Scroll } from "../parts/scroll.js";
import { Notice, Shown } from "../parts/states.js";

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
          height={60 + 44 * of.arms.length}
          from={[of]}
          options={(plot) => accuracyChart(plot, of)}
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
            height={60 + 30 * of.comparisons.length}
            from={[of]}
            options={(plot, width) => differenceChart(plot, of, width)}
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
