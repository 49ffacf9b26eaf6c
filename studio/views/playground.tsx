/** Paste a question and a solution: the verdict as one types. Sample a loaded model. Train the small one in the page. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { verify } from "../../src/verifier/index.js";
import { useSource } from "../context.js";
import { Findings, Profile } from "../parts/profile.js";
import { Sampler } from "../parts/sampler.js";
import { Answer } from "../parts/signs.js";
import { SolutionText } from "../parts/solution-text.js";
import { Plain } from "../parts/text.js";
import { Trace } from "../parts/trace-graph.js";
import { Trainer } from "../parts/trainer.js";
import { go } from "../route.js";

const EXAMPLE = {
  question: "Ann has 12 red and 30 blue beads. She loses 7 of them. How many beads has she left?",
  solution: "She has 12 + 30 = 41 beads.\nShe has 41 - 7 = 34 beads left.\nThe answer is: 34",
  reference: "35",
};

/** Longer texts are not judged while one types. */
const MAX_LENGTH = 20_000;
const SETTLE_MILLISECONDS = 120;

export function PlaygroundPage({ parameters }: { parameters: URLSearchParams }) {
  const { live } = useSource();
  const given = parameters.has("question") || parameters.has("solution");
  const [fields, setFields] = useState(() =>
    given
      ? {
          question: parameters.get("question") ?? "",
          solution: parameters.get("solution") ?? "",
          reference: parameters.get("reference") ?? "",
        }
      : EXAMPLE,
  );
  const settled = useSettled(fields, SETTLE_MILLISECONDS);
  useEffect(() => {
    // What is pasted may be long: an address that holds it all is not kept then.
    const query = new URLSearchParams(settled).toString();
    if (settled !== EXAMPLE && query.length < 4000) go(`#/playground?${query}`, { replace: true });
  }, [settled]);
  const field = (name: keyof typeof fields) => ({
    value: fields[name],
    maxLength: MAX_LENGTH,
    onInput: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setFields((before) => ({ ...before, [name]: value }));
    },
  });
  return (
    <>
      <h1>Playground</h1>
      <div class="two">
        <form class="playground" onSubmit={(event) => event.preventDefault()}>
          <label>
            Question
            <textarea rows={4} {...field("question")} />
          </label>
          <label>
            Solution, one step a line
            <textarea rows={8} {...field("solution")} />
          </label>
          <label>
            Reference answer (may be left out)
            <input type="text" {...field("reference")} />
          </label>
        </form>
        <Verdict {...settled} />
      </div>
      {live && (
        <Sampler
          question={fields.question}
          reference={fields.reference}
          onTake={(solution) => setFields({ ...fields, solution })}
        />
      )}
      {live && <Trainer />}
      {!live && (
        <p class="muted">
          Sampling a model and training in the page need the studio:{" "}
          <code>nearmiss studio --model FOLDER</code>.
        </p>
      )}
    </>
  );
}

function Verdict({
  question,
  solution,
  reference,
}: {
  question: string;
  solution: string;
  reference: string;
}) {
  const verdict = useMemo(
    () => verify({ question, solution, reference: reference.trim() === "" ? null : reference }),
    [question, solution, reference],
  );
  return (
    <section class="verdict" aria-live="polite">
      <h2>Verdict</h2>
      {solution.trim() === "" ? (
        <p class="muted">Write a solution: each computation is checked as you type, here in the page.</p>
      ) : (
        <>
          <p class="lead">
            <Answer correct={verdict.correct} judged /> answer found:{" "}
            <Plain text={verdict.answer.extracted ?? "none"} />
          </p>
          <SolutionText
            of={{ text: solution, length: solution.length }}
            findings={verdict.findings}
            errorStep={verdict.firstErrorStep}
            name="p"
          />
          <Findings of={verdict} />
          <Profile of={verdict} />
          <h3>Trace</h3>
          <Trace question={question} solution={solution} />
        </>
      )}
    </section>
  );
}

/** The value once it has not changed for a while. */
function useSettled<T>(value: T, wait: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(timer);
  }, [value, wait]);
  return settled;
}
