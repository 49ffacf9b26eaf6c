/** The quantities of a solution as a layered graph: sources on the left, what is computed from them to the right. Pure. */
import { show } from "../../src/verifier/expression/rational.js";
import { buildTrace, type Origin } from "../../src/verifier/index.js";

export interface Quantity {
  readonly id: string;
  readonly kind: Origin;
  readonly label: string;
  readonly column: number;
  readonly row: number;
}

export interface TraceGraph {
  readonly nodes: readonly Quantity[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly columns: number;
  readonly rows: number;
  /** Computations left out for want of room. */
  readonly more: number;
}

/** More computations make no picture. */
const MAX_CLAIMS = 40;
const MAX_LABEL = 26;

export function traceGraph(question: string, solution: string): TraceGraph {
  const { claims } = buildTrace(question, solution);
  const shown = claims.slice(0, MAX_CLAIMS);
  const placed = new Map<string, { kind: Origin; label: string; column: number }>();
  const moved = new Set<string>();
  const edges = new Map<string, { from: string; to: string }>();
  for (const [i, claim] of shown.entries()) {
    const to = `claim-${i}`;
    let column = 1;
    for (const { origin, from, value } of claim.operands) {
      const label = show(value);
      const derived = origin === "derived" && from !== undefined && from < i;
      const id = derived ? `claim-${from}` : `${origin}-${label}`;
      const source = placed.get(id) ?? { kind: origin, label, column: 0 };
      placed.set(id, source);
      column = Math.max(column, source.column + 1);
      edges.set(`${id} ${to}`, { from: id, to });
    }
    const text = solution.slice(claim.start, claim.end).replace(/\s+/g, " ");
    const label = text.length <= MAX_LABEL ? text : `… = ${show(claim.result.value)}`;
    placed.set(to, { kind: "derived", label, column });
    for (const [, edge] of edges) {
      // A source stands right before the first thing that is computed from it.
      const source = placed.get(edge.from);
      if (
        edge.to === to &&
        source !== undefined &&
        !moved.has(edge.from) &&
        !edge.from.startsWith("claim-")
      ) {
        source.column = column - 1;
        moved.add(edge.from);
      }
    }
  }
  const used: number[] = [];
  const nodes = [...placed].map(([id, { kind, label, column }]) => {
    const row = used[column] ?? 0;
    used[column] = row + 1;
    return { id, kind, label, column, row };
  });
  return {
    nodes,
    edges: [...edges.values()],
    columns: used.length,
    rows: Math.max(0, ...used.map((n) => n ?? 0)),
    more: claims.length - shown.length,
  };
}
