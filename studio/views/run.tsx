/** One run: how it stands, the pipeline with its counts, the gates, live curves, memory, what cannot be read, the recipe. */

import type { Overview } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { Curves } from "../parts/curves.js";
import { Flow, Gates } from "../parts/flow.js";
import { bytes, duration, whole } from "../parts/numbers.js";
import { Scroll } from "../parts/scroll.js";
import { Notice, Shown } from "../parts/states.js";
import { linkTo } from "../route.js";
import { Pace, STATUS } from "./runs.js";

const AGAIN_MILLISECONDS = 2000;
const FILES = [
  "state.json",
  "recipe.yaml",
  "mining.json",
  "scores.json",
  "review.jsonl",
  "lock.json",
  "candidates.jsonl",
];

export function RunPage({ run }: RunPageProps) {
  const source = useSource();
  const loaded = useLoaded(
    `run ${run}`,
    run,
    FILES,
    () => source.overview(run),
    ({ run: { status }, indexing }) => (status === "running" || indexing ? AGAIN_MILLISECONDS : null),
  );
  const curves = useLoaded(`curves ${run}`, run, ["metrics.jsonl"], () => source.curves(run));
  return (
    <Shown of={loaded} what="the run">
      {(overview) => (
        <>
          <h1>{overview.run.name}</h1>
          <Standing of={overview} id={run} />
          <section>
            <h2>Pipeline</h2>
            <Flow steps={overview.flow} stages={overview.stages} run={run} />
          </section>
          {overview.miner !== null && <Gates miner={overview.miner} run={run} />}
          <section>
            <h2>Training</h2>
            <Shown of={curves} what="the training metrics">
              {(data) => <Curves of={data} />}
            </Shown>
          </section>
          <Stages of={overview} />
          <Faults of={overview} />
          {overview.recipe !== null && (
            <section>
              <h2>Recipe</h2>
              <details>
                <summary>As resolved</summary>
                <pre>{overview.recipe}</pre>
              </details>
            </section>
          )}
        </>
      )}
    </Shown>
  );
}

function Standing({
  of: { run, stages, reviews, reviewsPending, partial, warnings },
  id,
}: {
  of: Overview;
  id: string;
}) {
  const { status, stage, stagesDone, stagesTotal, progress, error, model } = run;
  const peak = Math.max(0, ...stages.map(({ memory }) => memory ?? 0));
  const seconds = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  return (
    <>
      <p class="lead">
        <span class={`status ${status}`}>{STATUS[status]}</span> {model ?? "model unknown"}
        {stagesTotal > 0 && `, ${stagesDone} of ${stagesTotal} stages`}
        {seconds > 0 && `, ${duration(seconds)}`}
        {peak > 0 && `, at most ${bytes(peak)}`}
      </p>
      {status === "running" && stage !== null && (
        <p class="now">
          In <strong>{stage}</strong>
          {progress !== null && <Pace of={progress} />}
          {progress?.total != null && (
            <progress max={progress.total} value={progress.done} aria-label={`Progress of ${stage}`} />
          )}
        </p>
      )}
      {(status === "failed" || status === "broken") && error !== null && (
        <Notice kind="broken" title={stage === null ? "The run cannot be read" : `The stage ${stage} failed`}>
          {status === "failed" ? <pre class="error-text">{error}</pre> : <p>{error}</p>}
          {status === "failed" && (
            <p>Mend what it names and start the same command again: the run goes on from what is done.</p>
          )}
        </Notice>
      )}
      {status === "stopped" && (
        <Notice kind="partial" title={`Stopped in ${stage}`}>
          Start the same <code>nearmiss run</code> again: it goes on where it was. What is there already can
          be looked at.
        </Notice>
      )}
      {status === "new" && (
        <Notice kind="empty" title="Nothing has been computed yet">
          This page fills by itself once <code>nearmiss run</code> is at work in the folder.
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice kind="partial" title="Look at this before trusting the run">
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {partial !== null && (
        <Notice
          kind="partial"
          title={`This file holds ${whole(partial.held)} of ${whole(partial.of)} sampled solutions, and ${whole(partial.pairs.held)} of ${whole(partial.pairs.of)} pairs`}
        >
          Those in pairs first, then others evenly. For all of them open the run folder with{" "}
          <code>nearmiss studio</code>.
        </Notice>
      )}
      {reviews.rejected + reviews.flagged > 0 && (
        <p>
          Reviewed: {reviews.rejected} pairs rejected, {reviews.flagged} labels flagged (
          <a href={linkTo(id, "pairs", { review: "rejected" })}>look at them</a>).
          {reviewsPending &&
            " Some came after the pairs were mined: run the same recipe again, and mining and DPO honour them."}
        </p>
      )}
    </>
  );
}

function Stages({ of: { stages } }: { of: Overview }) {
  if (stages.length === 0) return null;
  const longest = Math.max(1e-9, ...stages.map(({ seconds }) => seconds ?? 0));
  return (
    <section>
      <h2>Stages</h2>
      <Scroll label="Stages">
        <table>
          <thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">State</th>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Tokens a second
              </th>
              <th scope="col" class="number">
                Memory
              </th>
            </tr>
          </thead>
          <tbody>
            {stages.map(({ name, status, seconds, memory, figures }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{status}</td>
                <td>
                  <span class="bar" aria-hidden="true">
                    <span style={{ width: `${(100 * (seconds ?? 0)) / longest}%` }} />
                  </span>{" "}
                  {seconds === null ? "" : duration(seconds)}
                </td>
                <td class="number">
                  {figures.tokens === undefined || seconds === null || seconds <= 0
                    ? ""
                    : whole(Math.round(figures.tokens / seconds))}
                </td>
                <td class="number">{memory === null ? "" : bytes(memory)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Faults({ of: { faults, faultCount } }: { of: Overview }) {
  if (faultCount === 0) return null;
  return (
    <section>
      <h2>What cannot be read</h2>
      <Notice
        kind="broken"
        title={`${faultCount} ${faultCount === 1 ? "place" : "places"} in the files cannot be read`}
      >
        <p>
          The rest is shown. A line that is broken was cut off or edited: mend or remove it, or run the stage
          again. Of a whole file it says what to do.
        </p>
        <ul>
          {faults.map(({ file, line, reason }) => (
            <li key={`${file} ${line}`}>
              <code>
                {file}
                {line === null ? "" : `:${line}`}
              </code>
              : {reason}
            </li>
          ))}
        </ul>
        {faultCount > faults.length && <p>and {faultCount - faults.length} more</p>}
      </Notice>
    </section>
  );
}
