/** Trains the small model in this page by DPO, and shows which problems flip. */

import type { PlotOptions } from "@observablehq/plot";
import { useEffect, useRef, useState } from "preact/hooks";
import type { TrainingKit } from "../../src/studio/kit.js";
import { ask } from "../source/live.js";
import { type Means, means } from "../source/playground.js";
import type { Answered, Start, Told } from "../trainer-messages.js";
import { Chart, type Library } from "./chart.js";
import { Scroll } from "./scroll.js";
import { Notice } from "./states.js";
import { Plain } from "./text.js";

const STEPS = 36;

interface Training {
  readonly kit: TrainingKit;
  readonly phase: string;
  readonly steps: readonly Extract<Told, { kind: "step" }>[];
  readonly before: readonly Answered[];
  readonly after: readonly Answered[];
  readonly end: "going" | "done" | "stopped" | string;
}

export function Trainer() {
  const [there, setThere] = useState<Means | null>(null);
  const [training, setTraining] = useState<Training | null>(null);
  const [loading, setLoading] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const worker = useRef<Worker | null>(null);
  useEffect(() => {
    means().then(setThere, () => setThere(null));
    return () => worker.current?.terminate();
  }, []);

  const begin = async () => {
    setLoading(true);
    setFailure(null);
    try {
      const kit = (await (await ask("api/playground/kit")).json()) as TrainingKit;
      const weights = await (await ask("api/playground/weights")).arrayBuffer();
      worker.current?.terminate();
      const made = new Worker(new URL("./train-worker.js", document.baseURI), { type: "module" });
      worker.current = made;
      setTraining({ kit, phase: "Loading", steps: [], before: [], after: [], end: "going" });
      made.addEventListener("message", ({ data }: MessageEvent<Told>) =>
        setTraining((now) => (now === null ? now : told(now, data))),
      );
      made.addEventListener("error", ({ message }) =>
        setTraining((now) => (now === null ? now : { ...now, end: message || "the worker could not start" })),
      );
      const start: Start = { kit, weights, steps: STEPS };
      made.postMessage(start, [weights]);
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setLoading(false);
  };
  const stop = () => {
    worker.current?.terminate();
    setTraining((now) => (now === null ? now : { ...now, end: "stopped" }));
  };
  const going = training?.end === "going";
  return (
    <section>
      <h2>Train tiny in this page</h2>
      <p>
        The small model answers fourteen problems; eight of them become pairs, the worked solution against its
        own wrong answer; {STEPS} DPO steps follow, in this tab, and it answers again. Problems that it was
        trained on flip because it has seen their solutions; the six others show that this is no better model.
      </p>
      {there?.wasm === false ? (
        <Notice kind="empty" title="ONNX Runtime's web build is not installed">
          Install it beside Nearmiss, then start the studio again:{" "}
          <code>npm install onnxruntime-web@1.30.0</code>
        </Notice>
      ) : (
        <div class="buttons">
          <button type="button" disabled={going || loading || there === null} onClick={begin}>
            {training === null ? "Train" : "Train again"}
          </button>
          {going && (
            <button type="button" onClick={stop}>
              Stop
            </button>
          )}
        </div>
      )}
      {failure !== null && (
        <Notice kind="broken" title="Training could not begin">
          {failure}
        </Notice>
      )}
      {training !== null && <Progress of={training} />}
    </section>
  );
}

function told(now: Training, data: Told): Training {
  switch (data.kind) {
    case "phase":
      return { ...now, phase: data.text };
    case "step":
      return { ...now, steps: [...now.steps, data] };
    case "answer":
      return { ...now, [data.when]: [...now[data.when], data.answer] };
    case "done":
      return { ...now, end: "done" };
    case "failed":
      return { ...now, end: data.message };
  }
}

function Progress({ of: { kit, phase, steps, before, after, end } }: { of: Training }) {
  const flipped = after.filter(
    ({ id, correct }) => correct !== (before.find((one) => one.id === id)?.correct ?? correct),
  );
  const failed = end !== "going" && end !== "done" && end !== "stopped";
  return (
    <>
      <p role="status">
        {end === "going" && `${phase}: step ${steps.length} of ${STEPS}.`}
        {end === "done" && `Done: ${outcome(flipped)}`}
        {end === "stopped" && "Stopped."}
      </p>
      {failed && (
        <Notice kind="broken" title="Training failed">
          {end}
        </Notice>
      )}
      {steps.length > 1 && (
        <div class="charts">
          <figure>
            <figcaption>Loss</figcaption>
            <Chart
              label="Loss over the steps"
              height={170}
              from={[steps]}
              options={(plot) => line(plot, steps, "loss")}
            />
          </figure>
          <figure>
            <figcaption>Reward margin</figcaption>
            <Chart
              label="Reward margin over the steps"
              height={170}
              from={[steps]}
              options={(plot) => line(plot, steps, "margin")}
            />
          </figure>
        </div>
      )}
      <Scroll label="Answers before and after">
        <table class="flips">
          <thead>
            <tr>
              <th scope="col">Problem</th>
              <th scope="col">Reference</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {[...kit.trained, ...kit.heldOut].map(({ id, question, answer }, i) => {
              const flip = flipped.some((one) => one.id === id);
              return (
                <tr key={id} class={flip ? "flip" : ""}>
                  <th scope="row">
                    {i < kit.trained.length ? "trained on" : "not trained on"}
                    {flip && <span class="tag">flipped</span>}
                    <details>
                      <summary>question</summary>
                      <Plain text={question} />
                    </details>
                  </th>
                  <td>{answer}</td>
                  <td>
                    <Reply of={before.find((one) => one.id === id)} />
                  </td>
                  <td>
                    <Reply of={after.find((one) => one.id === id)} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** What training has changed, the worse as well as the better, and among the problems that it never saw. */
function outcome(flipped: readonly Answered[]): string {
  const counted = (list: readonly Answered[]) => {
    const better = list.filter(({ correct }) => correct).length;
    return `${better} flipped from wrong to right, ${list.length - better} from right to wrong`;
  };
  const [trained, held] = [flipped.filter((one) => !one.held), flipped.filter((one) => one.held)];
  return `of the problems trained on, ${counted(trained)}; of the others, ${counted(held)}.`;
}

function Reply({ of }: { of: Answered | undefined }) {
  if (of === undefined) return <span class="muted">…</span>;
  return (
    <>
      <span class={`answer ${of.correct ? "right" : "wrong"}`}>{of.correct ? "✓ right" : "✗ wrong"}</span>
      <div class="prose small">
        <Plain text={of.text} />
      </div>
    </>
  );
}

function line(plot: Library, steps: Training["steps"], metric: "loss" | "margin"): PlotOptions {
  return {
    marginLeft: 48,
    x: { label: "step", domain: [1, STEPS], ticks: 6, tickFormat: "d" },
    y: { label: null, grid: true, ticks: 4, nice: true },
    marks: [plot.line(steps, { x: "step", y: metric, stroke: "var(--accent)", strokeWidth: 2 })],
  };
}
