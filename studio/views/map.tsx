/** Wrongness against absurdity: every solution a point, the miner's region shaded; drawing a box filters the table below. */
import type { PlotOptions } from "@observablehq/plot";
import { SolutionQuery, writeQuery } from "../../src/studio/query.js";
import type { MapView } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { Chart, type Library } from "../parts/chart.js";
import { SolutionFilters } from "../parts/filters.js";
import { whole } from "../parts/numbers.js";
import { Scatter } from "../parts/scatter.js";
import { Notice, Shown } from "../parts/states.js";
import { go, rowIn } from "../route.js";
import {
  READING_MILLISECONDS,
  SOLUTION_FILES,
  SolutionTable,
  solutionLink,
  useQuery,
  useSets,
} from "./solutions.js";

export function MapPage({ run, parameters }: RunPageProps) {
  const { query, change } = useQuery(run, "map", parameters);
  const source = useSource();
  // The picture shows all that the other filters leave; the box on it filters the table.
  const unboxed = { ...query, wMin: 0, wMax: 1, aMin: 0, aMax: 1, sort: "file", order: "up" } as const;
  const sets = useSets(run, query.set);
  const loaded = useLoaded(
    `map ${run} ${writeQuery(SolutionQuery, unboxed)}`,
    run,
    [...SOLUTION_FILES, "mining.json"],
    () => source.map(run, unboxed),
    ({ reading }) => (reading.bytes < reading.of ? READING_MILLISECONDS : null),
  );
  const { wMin, wMax, aMin, aMax } = query;
  const boxed = wMin > 0 || wMax < 1 || aMin > 0 || aMax < 1;
  return (
    <>
      <h1>Map</h1>
      <SolutionFilters query={query} sets={sets} change={change} />
      <Shown of={loaded} what="the map">
        {(map) =>
          map.total - map.unjudged === 0 ? (
            <Notice kind="empty" title="No verdict to draw yet">
              Points appear once the stage “verify” (or “score”, for the test set) is done. Filters may also
              leave none.
            </Notice>
          ) : (
            <div class="map-view">
              <section>
                <h2>Wrongness against absurdity</h2>
                <Scatter
                  map={map}
                  box={boxed ? { wMin, wMax, aMin, aMax } : null}
                  onBox={(box) => change(box ?? { wMin: 0, wMax: 1, aMin: 0, aMax: 1 })}
                  onOpen={(problemId, index) => go(solutionLink(run, query.set, { problemId, index }))}
                />
              </section>
              <section>
                <h2>Scores by dimension</h2>
                <Histograms of={map} />
              </section>
            </div>
          )
        }
      </Shown>
      <h2>{boxed ? "Solutions in the box" : "Solutions"}</h2>
      {boxed && (
        <p>
          Wrongness {wMin} to {wMax}, absurdity {aMin} to {aMax}{" "}
          <button type="button" onClick={() => change({ wMin: 0, wMax: 1, aMin: 0, aMax: 1 })}>
            Clear the box
          </button>
        </p>
      )}
      <SolutionTable
        run={run}
        query={query}
        row={rowIn(parameters)}
        change={change}
        height="min(48vh, 520px)"
      />
    </>
  );
}

function Histograms({ of: { histograms, unjudged } }: { of: MapView }) {
  return (
    <>
      <ul class="legend">
        <li>
          <span class="swatch right-fill" aria-hidden="true" /> right
        </li>
        <li>
          <span class="swatch wrong-fill" aria-hidden="true" /> wrong
        </li>
      </ul>
      <div class="histograms">
        {histograms.map(({ dimension, right, wrong }) => (
          <figure key={dimension}>
            <figcaption>
              <span class={`dimension ${dimension}`}>{dimension}</span>{" "}
              <span class="muted">{faulty(right, wrong)}</span>
            </figcaption>
            <Chart
              label={`Scores in ${dimension}: counts of right and wrong solutions`}
              height={98}
              from={[right, wrong]}
              options={(plot) => bars(plot, right, wrong)}
            />
          </figure>
        ))}
      </div>
      <p class="muted">
        Score 0 (no fault) to 1, in twenty bins; heights grow with the square root of the count.
        {unjudged > 0 && ` ${whole(unjudged)} solutions have no verdict yet.`}
      </p>
    </>
  );
}

/** How many have any fault at all in a dimension: the first bin is mostly zeros. */
function faulty(right: readonly number[], wrong: readonly number[]): string {
  const above = (bins: readonly number[]) => bins.slice(1).reduce((sum, n) => sum + n, 0);
  return `above 0.05: ${whole(above(wrong))} wrong, ${whole(above(right))} right`;
}

function bars(plot: Library, right: readonly number[], wrong: readonly number[]): PlotOptions {
  const rows = right.flatMap((count, i) => {
    const [low, high] = [i / right.length, (i + 1) / right.length];
    const bad = wrong[i] ?? 0;
    return [
      { low, high, from: 0, to: bad, kind: "wrong" },
      { low, high, from: bad, to: bad + count, kind: "right" },
    ].filter(({ from, to }) => to > from);
  });
  return {
    marginTop: 12,
    marginBottom: 22,
    marginLeft: 34,
    marginRight: 6,
    x: { domain: [0, 1], label: null, ticks: 3 },
    y: { type: "sqrt", label: null, ticks: 3, grid: true },
    marks: [
      plot.rect(rows, {
        x1: "low",
        x2: "high",
        y1: "from",
        y2: "to",
        fill: ({ kind }: { kind: string }) => (kind === "wrong" ? "var(--wrong)" : "var(--right)"),
        inset: 0.5,
      }),
    ],
  };
}
