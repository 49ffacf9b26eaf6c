/** Samples the loaded model, each candidate verified as it comes. */
import { useEffect, useRef, useState } from "preact/hooks";
import { mainDimension } from "../../src/mining/near-miss.js";
import type { Sampled } from "../../src/studio/server/playground.js";
import { verify } from "../../src/verifier/index.js";
import { type Means, means, sample } from "../source/playground.js";
import { score } from "./numbers.js";
import { Answer, DimensionName } from "./signs.js";
import { Notice } from "./states.js";
import { Plain } from "./text.js";

export function Sampler(props: { question: string; reference: string; onTake: (solution: string) => void }) {
  const { question, reference, onTake } = props;
  const [there, setThere] = useState<Means | null>(null);
  const [n, setN] = useState(4);
  const [temperature, setTemperature] = useState(0.8);
  const [samples, setSamples] = useState<readonly Sampled[]>([]);
  const [going, setGoing] = useState<AbortController | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const seed = useRef(0);
  useEffect(() => {
    means().then(setThere, (error: unknown) => setFailure(String(error)));
  }, []);
  // A page that is left does not keep the model at work.
  useEffect(() => () => going?.abort(), [going]);

  const begin = async () => {
    const controller = new AbortController();
    setGoing(controller);
    setSamples([]);
    setFailure(null);
    try {
      const options = { question, n, temperature, maxTokens: 256, seed: seed.current++ };
      for await (const one of sample(options, controller.signal)) setSamples((before) => [...before, one]);
    } catch (error) {
      if (!controller.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
    }
    setGoing(null);
  };
  if (there === null && failure === null) return null;
  return (
    <section>
      <h2>Sample a model</h2>
      {there?.model == null ? (
        <Notice kind="empty" title="No model is loaded">
          Start the studio with one, such as <code>nearmiss studio --model tiny</code> or a model folder.
        </Notice>
      ) : (
        <>
          <p>
            The question above, answered by <strong>{there.model}</strong> on this machine.
          </p>
          <div class="buttons">
            <label class="field">
              <span>Samples</span>
              <input
                type="number"
                min={1}
                max={16}
                value={n}
                onChange={(e) => setN(Math.min(16, Math.max(1, e.currentTarget.valueAsNumber || 1)))}
              />
            </label>
            <label class="field">
              <span>Temperature</span>
              <input
                type="number"
                min={0}
                max={2}
                step={0.1}
                value={temperature}
                onChange={(e) => setTemperature(Math.min(2, Math.max(0, e.currentTarget.valueAsNumber || 0)))}
              />
            </label>
            {going === null ? (
              <button type="button" disabled={question.trim() === ""} onClick={begin}>
                Sample
              </button>
            ) : (
              <button type="button" onClick={() => going.abort()}>
                Cancel
              </button>
            )}
          </div>
          <p role="status" class="muted">
            {going !== null && `Sampling: ${samples.length} of ${n} are there.`}
          </p>
        </>
      )}
      {failure !== null && (
        <Notice kind="broken" title="Sampling failed">
          {failure}
        </Notice>
      )}
      <ul class="samples">
        {samples.map((one, i) => (
          <SampleView key={i} of={one} question={question} reference={reference} onTake={onTake} />
        ))}
      </ul>
    </section>
  );
}

function SampleView(props: {
  of: Sampled;
  question: string;
  reference: string;
  onTake: (text: string) => void;
}) {
  const { of, question, reference, onTake } = props;
  const verdict = verify({
    question,
    solution: of.text,
    reference: reference.trim() === "" ? null : reference,
  });
  const faulty = verdict.findings.length > 0;
  return (
    <li class="side">
      <p>
        <Answer correct={verdict.correct} judged /> wrongness {score(verdict.wrongness)}, absurdity{" "}
        {score(verdict.absurdity)}
        {faulty && (
          <>
            , <DimensionName of={mainDimension(verdict)} />
          </>
        )}
        {of.finishReason === "length" && ", cut off"}
      </p>
      <div class="prose">
        <bdi>
          <Plain text={of.text} />
        </bdi>
      </div>
      <button type="button" onClick={() => onTake(of.text)}>
        Look at it above
      </button>
    </li>
  );
}
