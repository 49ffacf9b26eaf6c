/** The pipeline as boxes in a row, with what comes out of each; and the gates of mining as a funnel. */
import type { MiningReport } from "../../src/mining/report.js";
import type { FlowStep, StageView } from "../../src/studio/schema.js";
import { linkTo } from "../route.js";
import { whole } from "./numbers.js";

const SIGNS: Readonly<Record<StageView["status"], string>> = {
  done: "✓",
  running: "▶",
  stopped: "⏸",
  failed: "✗",
  waiting: "○",
};

export function Flow({
  steps,
  stages,
  run,
}: {
  steps: readonly FlowStep[];
  stages: readonly StageView[];
  run: string;
}) {
  const statusOf = (stage: string) => stages.find(({ name }) => name === stage)?.status ?? "waiting";
  const link = (stage: string): string | null => {
    if (stage === "sample") return linkTo(run, "solutions");
    if (stage === "verify") return linkTo(run, "map");
    if (stage === "mine") return linkTo(run, "pairs");
    return stage.startsWith("evaluate-")
      ? linkTo(run, "solutions", { set: stage.slice("evaluate-".length) })
      : null;
  };
  return (
    <ol class="flow">
      {steps.map(({ title, stage, count, unit, parts }, i) => {
        const status = statusOf(stage);
        const to = link(stage);
        const next = steps[i + 1]?.stage;
        const leads = next !== undefined && kindOf(next) !== kindOf(stage);
        return (
          <li key={stage} class={`flow-step ${status} ${leads ? "leads" : ""}`}>
            <h3>
              <span aria-hidden="true">{SIGNS[status]}</span>
              <span class="visually-hidden">{status}: </span> {to === null ? title : <a href={to}>{title}</a>}
            </h3>
            <p class="flow-count">
              <strong>{count === null ? "–" : whole(count)}</strong> {unit}
            </p>
            {parts.length > 0 && (
              <ul>
                {parts.map(({ label, count }) => (
                  <li key={label}>
                    {whole(count)} {label}
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ol>
  );
}

/** Arms stand beside each other: none is made of the one before. */
const kindOf = (stage: string) => /^(dpo|evaluate)-/.exec(stage)?.[1] ?? stage;

export function Gates({ miner, run }: { miner: MiningReport; run: string }) {
  const { samples, gates, limits, pairs, reviews, suspects } = miner;
  const all = samples.correct + samples.wrongAnswer + samples.unjudged;
  const overLimit = limits.perProblem + limits.perturbedShare + limits.total;
  const rows = [
    { name: "candidates", count: all, taken: null },
    {
      name: "wrong, or right by a broken chain",
      count: samples.wrongAnswer + samples.brokenChain,
      taken: null,
    },
    ...gates.slice(0, 1).map((gate) => ({ name: "with perturbed solutions", count: gate.in, taken: null })),
    ...gates.map((gate) => ({ name: `passed ${gate.name}`, count: gate.in - gate.taken, taken: gate.taken })),
    { name: "within the limits: pairs", count: pairs.total, taken: overLimit },
  ];
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <section>
      <h2>Gates of mining</h2>
      <table class="gates">
        <thead>
          <tr>
            <th scope="col">Left</th>
            <th scope="col" class="number">
              Count
            </th>
            <th scope="col" class="wide">
              <span class="visually-hidden">As a bar</span>
            </th>
            <th scope="col" class="number">
              Taken out
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, count, taken }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{whole(count)}</td>
              <td class="wide">
                <span class="bar" aria-hidden="true">
                  <span style={{ width: `${(100 * count) / most}%` }} />
                </span>
              </td>
              <td class="number">{taken === null ? "" : whole(taken)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="muted">
        Perturbed solutions join where a problem has no negative of its own: {pairs.rejected.perturbed} of the
        pairs.
        {reviews.rejectedPairs > 0 && ` ${reviews.rejectedPairs} negatives were left out by review.`}
      </p>
      {suspects.length + reviews.flagged.length > 0 && (
        <details>
          <summary>
            {suspects.length + reviews.flagged.length} problems set aside: {suspects.length} by the guard
            against wrong labels, {reviews.flagged.length} by review
          </summary>
          <ul>
            {suspects.map(({ problemId, reference, answer, votes, answered }) => (
              <li key={problemId}>
                <a href={linkTo(run, "solutions", { problem: problemId })}>{problemId}</a>: the reference is{" "}
                {reference}; {votes} of {answered} samples say {answer}
              </li>
            ))}
            {reviews.flagged.map((id) => (
              <li key={id}>
                <a href={linkTo(run, "solutions", { problem: id })}>{id}</a>: flagged by review
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
