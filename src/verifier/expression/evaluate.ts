/**
 * Values of expressions. Null means "no value, or none that can be held"; a caller must leave such an expression alone.
 */
import { MAX_TERMS } from "../limits.js";
import { type FunctionName, type Node, variablesIn } from "./ast.js";
import { FUNCTIONS } from "./functions.js";
import { operate } from "./operations.js";
import { isInteger, negate, ONE, ratio, ZERO } from "./rational.js";
import type { Scope } from "./scope.js";
import { isExact, type Value } from "./value.js";

export { isExact, toReal, type Value } from "./value.js";

const HUNDREDTH = ratio(1, 100);

export function evaluate(node: Node, scope: Scope): Value | null {
  if (!scope.budget.spend()) return null;
  switch (node.type) {
    case "number":
      return scope.replace?.(node.start) ?? node.value;
    case "variable":
      return scope.variables?.get(node.name) ?? (node.name === "pi" ? { re: Math.PI, im: 0 } : null);
    case "quantity":
    case "degrees":
      return evaluate(node.of, scope);
    case "negate":
      return negated(node.of, scope);
    case "percent": {
      const value = evaluate(node.of, scope);
      return value && (scope.reading?.percentAsNumber ? value : operate("*", value, HUNDREDTH));
    }
    case "mixed": {
      const whole = evaluate(node.whole, scope);
      const part = evaluate(node.part, scope);
      return whole && part && operate(scope.reading?.mixedAsProduct ? "*" : "+", whole, part);
    }
    case "binary": {
      const left = evaluate(node.left, scope);
      const right = left && evaluate(node.right, scope);
      if (left === null || right === null) return null;
      const ofLeft = scope.reading?.percentOfLeft && node.right.type === "percent";
      if (!ofLeft || (node.op !== "+" && node.op !== "-")) return operate(node.op, left, right);
      const change = operate("*", left, right);
      return change && operate(node.op, left, change);
    }
    case "call":
      return call(node.name, node.args, scope);
  }
}

function negated(of: Node, scope: Scope): Value | null {
  if (scope.reading?.signFirst && of.type === "binary" && of.op === "^")
    return evaluate({ ...of, left: { type: "negate", of: of.left } }, scope);
  const value = evaluate(of, scope);
  return value && (isExact(value) ? negate(value) : { re: -value.re, im: -value.im });
}

function call(name: FunctionName, args: readonly Node[], scope: Scope): Value | null {
  if (name === "sum" || name === "product") return series(name === "sum" ? "+" : "*", args, scope);
  const values: Value[] = [];
  for (const arg of args) {
    const value = evaluate(arg, scope);
    if (value === null) return null;
    values.push(value);
  }
  const [argument] = args;
  return argument === undefined ? null : FUNCTIONS[name](values, { scope, argument });
}

/** A sum or product over consecutive integers; null where the terms depend on more than values. */
function series(op: "+" | "*", [index, low, high, body]: readonly Node[], scope: Scope): Value | null {
  if (index?.type !== "variable" || !low || !high || !body) return null;
  const from = evaluate(low, scope);
  const to = from && evaluate(high, scope);
  if (!from || !to || !isExact(from) || !isExact(to) || !isInteger(from) || !isInteger(to)) return null;
  if (to.n - from.n >= BigInt(MAX_TERMS)) return null;
  // `a_k`: one member of a sequence, of which no value is known.
  if (variablesIn(body).some((name) => name.includes("_") && name.includes(index.name))) return null;
  let total: Value | null = op === "+" ? ZERO : ONE;
  for (let k = from.n; k <= to.n && total !== null && scope.budget.spend(TERM_COST); k++) {
    const variables = new Map(scope.variables).set(index.name, { n: k, d: 1n });
    const term = evaluate(body, { ...scope, variables });
    total = term && operate(op, total, term);
  }
  return scope.budget.spend(0) ? total : null;
}

/** The work of a term beside its nodes: its scope, and long sums. */
const TERM_COST = 20;
