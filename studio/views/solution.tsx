/** One solution: the question, its steps with what is wrong in them, the profile, the trace, the reference, the others. */

import type { SolutionView } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { whole } from "../parts/numbers.js";
import { Findings, Profile } from "../parts/profile.js";
import { FlagLabel } from "../parts/review.js";
import { Scroll } from "../parts/scroll.js";
import { Answer, DimensionName, Score } from "../parts/signs.js";
import { SolutionText } from "../parts/solution-text.js";
import { Shown } from "../parts/states.js";
import { Plain, Prose } from "../parts/text.js";
import { Trace } from "../parts/trace-graph.js";
import { linkTo } from "../route.js";
import { SOLUTION_FILES, solutionLink } from "./solutions.js";

export function SolutionPage({ run, parameters }: RunPageProps) {
  const source = useSource();
  const set = parameters.get("set") ?? "samples";
  const problem = parameters.get("problem") ?? "";
  const index = Number(parameters.get("index") ?? 0);
  const loaded = useLoaded(
    `solution ${run} ${set} ${problem} ${index}`,
    run,
    [...SOLUTION_FILES, "review.jsonl"],
    () => source.solution(run, set, problem, index),
  );
  return (
    <Shown of={loaded} what="the solution">
      {(data) => <Solution run={run} of={data} />}
    </Shown>
  );
}

function Solution({ run, of }: { run: string; of: SolutionView }) {
  const { problem, text, verdict, others, pairs, set, index } = of;
  return (
    <>
      <p class="path">
        <a href={linkTo(run, "solutions", { set })}>Solutions</a> ›{" "}
        <a href={linkTo(run, "solutions", { set, problem: problem.id })}>
          <Plain text={problem.id} />
        </a>{" "}
        › {index}
      </p>
      <h1>
        Solution {index} of <Plain text={problem.id} />
      </h1>
      <p class="lead">
        <Answer correct={verdict?.correct ?? null} judged={verdict !== null} /> {of.sampler},{" "}
        {whole(of.tokens)} tokens
        {of.cutOff && ", cut off at the limit"}
        {of.logprob !== null && `, log-probability ${of.logprob.toFixed(1)}`}
        {pairs.map(({ line, side }) => (
          <span key={`${line} ${side}`}>
            ,{" "}
            <a href={linkTo(run, "pair", { kind: "hard", line })}>
              {side} in pair {line + 1}
            </a>
          </span>
        ))}
      </p>
      <section>
        <h2>Question</h2>
        <Prose of={problem.question} class="question" />
        <p class="muted">
          From {problem.source}
          {problem.type !== undefined && `, ${problem.type}`}
        </p>
        {set === "samples" && <FlagLabel run={run} problemId={problem.id} flagged={of.flagged} />}
      </section>
      <div class="two">
        <section>
          <h2>Solution</h2>
          <SolutionText
            of={text}
            findings={verdict?.findings ?? []}
            errorStep={verdict?.firstErrorStep ?? null}
          />
          {verdict !== null && (
            <p>
              Answer found:{" "}
              <strong>
                <Plain text={verdict.answer.extracted ?? "none"} />
              </strong>
              . Reference:{" "}
              <strong>
                <Plain text={verdict.answer.reference ?? problem.answer} />
              </strong>
              {verdict.answer.distance !== null &&
                verdict.answer.distance > 0 &&
                `, ${(100 * verdict.answer.distance).toFixed(1)} % apart`}
              .
            </p>
          )}
        </section>
        <section>
          <h2>Worked reference</h2>
          {problem.solution === null ? (
            <p class="muted">
              The data set has no worked solution; the answer is <Plain text={problem.answer} />.
            </p>
          ) : (
            <Prose of={problem.solution} />
          )}
        </section>
      </div>
      {verdict === null ? (
        <p class="muted">The verifier has not looked at it yet.</p>
      ) : (
        <div class="two">
          <section>
            <h2>What is wrong</h2>
            <Findings of={verdict} />
          </section>
          <section>
            <h2>Profile</h2>
            <Profile of={verdict} />
          </section>
        </div>
      )}
      <section>
        <h2>Trace</h2>
        <Trace question={problem.question.text} solution={text.text} />
      </section>
      <section>
        <h2>Other candidates of the problem</h2>
        <Others run={run} set={set} of={others} />
      </section>
    </>
  );
}

function Others({ run, set, of }: { run: string; set: string; of: SolutionView["others"] }) {
  if (of.length === 0) return <p class="muted">There is no other.</p>;
  return (
    <Scroll label="Other candidates">
      <table>
        <thead>
          <tr>
            <th scope="col">Candidate</th>
            <th scope="col">Answer</th>
            <th scope="col">Wrongness</th>
            <th scope="col">Goes wrong in</th>
            <th scope="col">Text</th>
          </tr>
        </thead>
        <tbody>
          {of.map((row) => (
            <tr key={row.index}>
              <th scope="row">
                <a href={solutionLink(run, set, row)}>{row.index}</a>
              </th>
              <td>
                <Answer {...row} />
              </td>
              <td>
                <Score value={row.wrongness} />
              </td>
              <td>
                <DimensionName of={row.dimension} />
              </td>
              <td class="clip">
                <bdi>
                  <Plain text={row.preview} />
                </bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
