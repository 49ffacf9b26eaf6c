/** The trace of a solution as a picture, and as a list for those who cannot see it. */

import { useMemo } from "preact/hooks";
import { Scroll } from "./scroll.js";
import { type Quantity, type TraceGraph, traceGraph } from "./trace.js";

const WIDTH = 168;
const HEIGHT = 30;
const GAP_X = 44;
const GAP_Y = 14;
const PAD = 8;

const WORDS: Readonly<Record<Quantity["kind"], string>> = {
  given: "given in the problem",
  constant: "a constant that people know",
  derived: "computed here",
  ungrounded: "from nowhere",
};

const x = (node: Quantity) => PAD + node.column * (WIDTH + GAP_X);
const y = (node: Quantity) => PAD + node.row * (HEIGHT + GAP_Y);

export function Trace({ question, solution }: { question: string; solution: string }) {
  const graph = useMemo(() => traceGraph(question, solution), [question, solution]);
  if (graph.nodes.length === 0) {
    return <p class="muted">No computation could be read in this solution, so there is no trace to draw.</p>;
  }
  return (
    <div>
      <ul class="legend">
        {(Object.keys(WORDS) as Quantity["kind"][]).map((kind) => (
          <li key={kind}>
            <svg width="30" height="16" aria-hidden="true">
              <Shape kind={kind} x={1} y={1} width={28} height={14} />
            </svg>
            {kind}: {WORDS[kind]}
          </li>
        ))}
      </ul>
      <Scroll label="Graph of quantities">
        <Picture graph={graph} />
      </Scroll>
      {graph.more > 0 && <p class="muted">{graph.more} more computations are not drawn.</p>}
      <details>
        <summary>The same as a list</summary>
        <ul>
          {graph.nodes
            .filter(({ id }) => id.startsWith("claim-"))
            .map((node) => (
              <li key={node.id}>
                {node.label}, from{" "}
                {graph.edges
                  .filter(({ to }) => to === node.id)
                  .map(({ from }) => graph.nodes.find(({ id }) => id === from))
                  .map((source) => (source === undefined ? "" : `${source.label} (${WORDS[source.kind]})`))
                  .join("; ")}
              </li>
            ))}
        </ul>
      </details>
    </div>
  );
}

function Picture({ graph }: { graph: TraceGraph }) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const width = 2 * PAD + graph.columns * (WIDTH + GAP_X) - GAP_X;
  const height = 2 * PAD + graph.rows * (HEIGHT + GAP_Y) - GAP_Y;
  return (
    <svg
      class="trace"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label="Each quantity with what it is computed from; the list below says the same"
    >
      {graph.edges.map(({ from, to }) => {
        const [a, b] = [byId.get(from), byId.get(to)];
        if (a === undefined || b === undefined) return null;
        const [x1, y1, x2, y2] = [x(a) + WIDTH, y(a) + HEIGHT / 2, x(b), y(b) + HEIGHT / 2];
        const bend = Math.max(20, (x2 - x1) / 2);
        return (
          <path
            key={`${from} ${to}`}
            class="edge"
            d={`M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`}
          />
        );
      })}
      {graph.nodes.map((node) => (
        <g key={node.id}>
          <Shape kind={node.kind} x={x(node)} y={y(node)} width={WIDTH} height={HEIGHT} />
          <text x={x(node) + WIDTH / 2} y={y(node) + HEIGHT / 2} dy="0.35em" text-anchor="middle">
            {node.kind === "ungrounded" ? `? ${node.label}` : node.label}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** A kind is told by its outline: round, dashed, plain, doubled. */
function Shape(props: { kind: Quantity["kind"]; x: number; y: number; width: number; height: number }) {
  const { kind, ...place } = props;
  return <rect class={`quantity ${kind}`} {...place} rx={kind === "given" ? place.height / 2 : 3} />;
}
