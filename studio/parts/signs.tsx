/** Small signs that say by shape and word what their colour says too. */
import type { Dimension } from "../../src/data/records.js";
import { score } from "./numbers.js";

export function Answer({ correct, judged }: { correct: boolean | null; judged: boolean }) {
  if (!judged) return <span class="answer none">… no verdict</span>;
  if (correct === null) return <span class="answer none">? no reference</span>;
  return correct ? <span class="answer right">✓ right</span> : <span class="answer wrong">✗ wrong</span>;
}

export function DimensionName({ of }: { of: Dimension | null }) {
  if (of === null) return <span class="muted">–</span>;
  return <span class={`dimension ${of}`}>{of}</span>;
}

/** A score in [0, 1] as a number with a bar beside it. */
export function Score({
  value,
  max = 1,
  digits = 2,
}: {
  value: number | null;
  max?: number;
  digits?: number;
}) {
  const width = value === null || max <= 0 ? 0 : Math.round(100 * Math.min(1, value / max));
  return (
    <span class="score">
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${width}%` }} />
      </span>
      {score(value, digits)}
    </span>
  );
}
