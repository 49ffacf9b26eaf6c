/** What two solutions of a problem have in common, computation by computation. */
import type { Node } from "../verifier/expression/ast.js";
import { show } from "../verifier/expression/rational.js";
import { buildTrace, type Claim } from "../verifier/trace.js";

/** One computation of a solution. */
export interface Computation {
  /** Its result as stated, exact. */
  readonly result: string;
  /** What it computes from the numbers of the problem: `(12+30)-7`, earlier results replaced by their formulas. */
  readonly formula: string;
}

/** Beyond this a formula is told by its operands' values: expansion would grow without bound. */
const MAX_FORMULA = 400;

/** The computations of a solution, in the order of the text. */
export function computationsOf(question: string, solution: string): Computation[] {
  const formulas: string[] = [];
  return buildTrace(question, solution).claims.map((claim) => {
    const formula = expand(claim, formulas);
    formulas.push(formula.length > MAX_FORMULA ? show(claim.result.value) : formula);
    return { result: show(claim.result.value), formula };
  });
}

function expand(claim: Claim, earlier: readonly string[]): string {
  const operands = new Map(
    claim.operands.map((o) => [
      o.start,
      (o.from === undefined ? undefined : earlier[o.from]) ?? show(o.value),
    ]),
  );
  const write = (node: Node): string => {
    switch (node.type) {
      case "number":
        return operands.get(node.start) ?? show(node.value);
      case "variable":
        return node.name;
      case "quantity":
        return write(node.of);
      case "negate":
      case "percent":
      case "degrees":
        return `${node.type}(${write(node.of)})`;
      case "mixed":
        return `(${write(node.whole)}+${write(node.part)})`;
      case "call":
        return `${node.name}(${node.args.map(write).join(",")})`;
      case "binary":
        if (node.op === "+" || node.op === "*")
          return `(${terms(node, node.op).map(write).sort().join(node.op)})`;
        return `(${write(node.left)}${node.op}${write(node.right)})`;
    }
  };
  return write(claim.expression);
}

/** The terms of a sum or the factors of a product, brackets among them dissolved. */
function terms(node: Node, op: "+" | "*"): Node[] {
  if (node.type === "quantity") return terms(node.of, op);
  return node.type === "binary" && node.op === op
    ? [...terms(node.left, op), ...terms(node.right, op)]
    : [node];
}

/**
 * The share of two traces in common, as Dice's coefficient 2 |x and y| / (|x| + |y|). Two computations are one where
 * they reach the same result (by whatever way), or compute the same formula (one of them with a slip, or from a slip
 * before it); phrasing and order do not count.
 *
 * @returns in [0, 1]; 0 where neither computes anything
 */
export function traceOverlap(x: readonly Computation[], y: readonly Computation[]): number {
  if (x.length + y.length === 0) return 0;
  const left = [...x];
  let common = 0;
  const match = (list: readonly Computation[], same: (a: Computation, b: Computation) => boolean) =>
    list.filter((computation) => {
      const at = left.findIndex((other) => same(other, computation));
      if (at < 0) return true;
      left.splice(at, 1);
      common++;
      return false;
    });
  const byResult = match(y, (a, b) => a.result === b.result);
  match(byResult, (a, b) => a.formula === b.formula);
  return (2 * common) / (x.length + y.length);
}
