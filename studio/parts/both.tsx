/** One problem as two arms answer it. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { SolutionView, Text } from "../../src/studio/schema.js";
import { useLoaded, useSource } from "../context.js";
import { linkTo } from "../route.js";
import { solutionLink } from "../views/solutions.js";
import { Difference } from "./difference.js";
import { Shown } from "./states.js";
import { Prose } from "./text.js";

export function Both({ run, a, b, problem }: { run: string; a: string; b: string; problem: string }) {
  const source = useSource();
  const loaded = useLoaded(`both ${run} ${a} ${b} ${problem}`, run, ["predictions"], async () => {
    const [after, before] = await Promise.all([a, b].map((arm) => source.solution(run, arm, problem, 0)));
    if (after === undefined || before === undefined) throw new Error("both arms must be there");
    return { after, before };
  });
  return (
    <Shown of={loaded} what="both answers">
      {({ after, before }) => (
        <Answers key={after.problem.id} question={after.problem.question}>
          <Difference left={side(b, before)} right={side(a, after)} />
          <p class="links">
            <a href={solutionLink(run, b, { problemId: problem, index: 0 })}>{b}'s with its findings</a>
            <a href={solutionLink(run, a, { problemId: problem, index: 0 })}>{a}'s with its findings</a>
            <a href={linkTo(run, "arms", { a, b })}>Close</a>
          </p>
        </Answers>
      )}
    </Shown>
  );
}

function side(arm: string, { verdict, text }: SolutionView) {
  const right = verdict?.correct === true;
  return { title: `${right ? "✓ right" : "✗ wrong"}: ${arm}`, text, right };
}

/** They stand above the list from which they are opened, and come into sight when they are. */
function Answers({ question, children }: { question: Text; children: ComponentChildren }) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <section class="both" ref={section}>
      <h3>Both answers</h3>
      <Prose of={question} class="question" />
      {children}
    </section>
  );
}
