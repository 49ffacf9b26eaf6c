/** Every run folder: how it stands, the stage it is in, tokens a second, time left. */
import type { RunStatus, RunSummary } from "../../src/studio/schema.js";
import { useLoaded, useSource } from "../context.js";
import { duration, whole } from "../parts/numbers.js";
import { Notice, Shown } from "../parts/states.js";
import { linkTo } from "../route.js";

export const STATUS: Readonly<Record<RunStatus, string>> = {
  running: "▶ running",
  stopped: "⏸ stopped",
  failed: "✗ failed",
  done: "✓ done",
  new: "○ not begun",
  broken: "! broken",
};

/** A run that goes on is looked at again even if nothing tells of a change. */
const AGAIN_MILLISECONDS = 2000;

export function RunsPage() {
  const source = useSource();
  const loaded = useLoaded(
    "runs",
    null,
    [],
    () => source.runs(),
    ({ runs }) => (runs.some(({ status }) => status === "running") ? AGAIN_MILLISECONDS : null),
  );
  return (
    <>
      <h1>Runs</h1>
      <Shown of={loaded} what="the runs">
        {({ runs, places }) =>
          runs.length === 0 ? (
            <Notice kind="empty" title={`No run folder in ${places.join(", ")} yet`}>
              <p>
                Begin one with <code>nearmiss run recipes/quickstart.yaml</code>: it shows up here by itself.
                Or name other folders: <code>nearmiss studio FOLDER</code>.
              </p>
            </Notice>
          ) : (
            <ul class="runs">
              {runs.map((run) => (
                <Run key={run.id} of={run} />
              ))}
            </ul>
          )
        }
      </Shown>
    </>
  );
}

function Run({ of }: { of: RunSummary }) {
  const { id, name, model, status, stage, stagesDone, stagesTotal, progress, changed, error } = of;
  return (
    <li class="run-card">
      <h2>
        <a href={linkTo(id)}>{name}</a>
      </h2>
      <span class={`status ${status}`}>{STATUS[status]}</span>
      <p class="muted">
        {id !== name && `${id}, `}
        {model ?? "model unknown"}, last change {new Date(changed).toLocaleString()}
      </p>
      {stagesTotal > 0 && (
        <p>
          <progress max={stagesTotal} value={stagesDone} aria-label="Stages done" /> {stagesDone} of{" "}
          {stagesTotal} stages{stage === null ? "" : `, in ${stage}`}
          {progress !== null && <Pace of={progress} />}
        </p>
      )}
      {error !== null && <p class="error-text">{firstLine(error)}</p>}
    </li>
  );
}

const firstLine = (text: string) => text.split("\n", 1)[0] ?? "";

/** "1,200 of 4,000 solutions, 950 tokens/s, 2 min 5 s left" */
export function Pace({ of }: { of: NonNullable<RunSummary["progress"]> }) {
  const { done, total, unit, tokensPerSecond, secondsLeft } = of;
  const parts = [
    `${whole(done)}${total === null ? "" : ` of ${whole(total)}`} ${unit}`,
    ...(tokensPerSecond === null ? [] : [`${whole(Math.round(tokensPerSecond))} tokens/s`]),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
  ];
  return <span>: {parts.join(", ")}</span>;
}
