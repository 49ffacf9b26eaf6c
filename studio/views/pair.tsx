/** One pair: both sides with the words that differ, and where hardness and weight come from; to be kept, rejected, flagged. */

import type { Factors, PairView } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { Difference } from "../parts/difference.js";
import { score } from "../parts/numbers.js";
import { PairReview } from "../parts/review.js";
import { Scroll } from "../parts/scroll.js";
import { DimensionName } from "../parts/signs.js";
import { Notice, Shown } from "../parts/states.js";
import { Plain, Prose } from "../parts/text.js";
import { linkTo } from "../route.js";
import { solutionLink } from "./solutions.js";

export function PairPage({ run, parameters }: RunPageProps) {
  const source = useSource();
  const kind = parameters.get("kind") === "random" ? "random" : "hard";
  const line = Number(parameters.get("line") ?? 0);
  const loaded = useLoaded(`pair ${run} ${kind} ${line}`, run, [`pairs-${kind}.jsonl`, "review.jsonl"], () =>
    source.pair(run, kind, line),
  );
  return (
    <Shown of={loaded} what="the pair">
      {(pair) => <Pair run={run} of={pair} />}
    </Shown>
  );
}

function Pair({ run, of }: { run: string; of: PairView }) {
  const { kind, row, total, problem, chosen, rejected, firstError, factors } = of;
  const at = (line: number) => linkTo(run, "pair", { kind, line });
  return (
    <>
      <p class="path">
        <a href={linkTo(run, "pairs", kind === "hard" ? "" : { kind })}>Pairs</a> › {row.line + 1} of {total}{" "}
        {row.line > 0 && <a href={at(row.line - 1)}>← before</a>}{" "}
        {row.line + 1 < total && <a href={at(row.line + 1)}>after →</a>}
      </p>
      <h1>
        Pair {row.line + 1}: <Plain text={row.problemId} />
      </h1>
      <p class="lead">
        The rejected side goes wrong in <DimensionName of={row.dimension} />, hardness {score(row.hardness)},
        weight {score(row.weight)}
      </p>
      <section>
        <h2>Question</h2>
        {problem === null ? (
          <p class="muted">Its problem is not in problems.jsonl (any more).</p>
        ) : (
          <>
            <Prose of={problem.question} class="question" />
            <p>
              Reference answer:{" "}
              <strong>
                <Plain text={problem.answer} />
              </strong>
            </p>
          </>
        )}
      </section>
      <section>
        <h2 class="visually-hidden">Both sides</h2>
        <Difference
          left={{ title: `✓ Chosen (${row.chosenSource})`, text: chosen, right: true }}
          right={{ title: `✗ Rejected (${row.rejectedSource})`, text: rejected, right: false }}
        />
        {firstError !== null && (
          <p>
            First wrong step of the rejected side:{" "}
            <q>
              <Plain text={firstError} />
            </q>
          </p>
        )}
        <p class="links">
          <SourceLink run={run} problemId={row.problemId} source={row.chosenSource} side="chosen" />
          <SourceLink run={run} problemId={row.problemId} source={row.rejectedSource} side="rejected" />
        </p>
      </section>
      <div class="two">
        <section>
          <h2>Where the weight comes from</h2>
          {factors === null ? (
            <p class="muted">
              Its problem, its verdict or mining.json is missing, so the factors cannot be computed.
            </p>
          ) : (
            <Weight of={factors} pair={of} />
          )}
        </section>
        <section>
          <h2>Review</h2>
          <PairReview key={`${row.line} ${of.note}`} run={run} of={of} />
        </section>
      </div>
    </>
  );
}

function SourceLink(props: { run: string; problemId: string; source: string; side: string }) {
  const { run, problemId, source, side } = props;
  const [kind, index] = source.split(":");
  if (kind !== "sample") return null;
  return (
    <a href={solutionLink(run, "samples", { problemId, index: Number(index) })}>
      The {side} side as a solution, with its findings
    </a>
  );
}

function Weight({ of, pair }: { of: Factors; pair: PairView }) {
  const { options: o, factors, clipped, mean, overlap, distance } = of;
  const { wrongness, absurdity, closeness, frequency } = of;
  const product = factors.reduce((all, factor) => all * factor, 1);
  const rows: readonly (readonly [string, string, number | null])[] = [
    [
      "closeness",
      `${o.answerShare} × (1 − distance ${score(distance)}) + ${score(1 - o.answerShare)} × overlap ${score(overlap)}`,
      closeness,
    ],
    ["frequency", "share of the problem's samples that make this mistake", frequency],
    [
      "hardness",
      `W ${score(wrongness)}^${o.a} × (1 − A ${score(absurdity)})^${o.b} × closeness ${score(closeness)} × frequency ${score(frequency)}^${o.c}`,
      of.hardness,
    ],
    ["wrongness", `1 + ${o.alpha} × W ${score(wrongness)}`, factors[0]],
    ["plausibility", `(1 − A ${score(absurdity)})^${o.kappa}`, factors[1]],
    ["nearness", `1 + ${o.lambda} × closeness ${score(closeness)}`, factors[2]],
    ["commonness", `1 + ${o.mu} × frequency ${score(frequency)}`, factors[3]],
    ["their product", `${factors.map((f) => score(f)).join(" × ")}`, product],
    ["clipped", `into [${o.wMin}, ${o.wMax}]`, clipped],
  ];
  return (
    <>
      <Scroll label="Factors of the weight">
        <table class="factors">
          <tbody>
            {rows.map(([name, formula, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{formula}</td>
                <td class="number">{score(value, 3)}</td>
              </tr>
            ))}
            <tr class="sum">
              <th scope="row">weight</th>
              <td>
                {pair.kind === "hard"
                  ? `divided by ${score(mean, 3)}, so that all weights have mean 1`
                  : "pairs with random negatives all weigh 1"}
              </td>
              <td class="number">{score(pair.row.weight, 3)}</td>
            </tr>
          </tbody>
        </table>
      </Scroll>
      {!of.agrees && (
        <Notice kind="partial" title="These factors are not the file's">
          Computed now, the hardness is {score(of.hardness, 3)}; the file says {score(pair.row.hardness, 3)}.
          The pairs were mined by another version or from other samples.
        </Notice>
      )}
    </>
  );
}
