/** Reverse-mode differentiation: one walk back over the graph, one rule an operation. */
import { add } from "./functions.js";
import { dependencies, type Value } from "./graph.js";
import type { OpDefinition } from "./ops/definition.js";
import { OPS, type OpAttrs, type OpName } from "./ops/index.js";

/**
 * The gradients of sum(dy * y) with respect to `wrt`, as new values of the same graph.
 *
 * @param y the output, of any shape
 * @param dy its cotangent, of the same shape
 * @param wrt the values to differentiate by: inputs or computed values. Each counts as an independent variable, so that
 *   what leads to one only through another is not followed.
 * @throws Error when `y` does not depend on one of `wrt`, or `dy` has another shape than `y`
 */
export function gradients(y: Value, dy: Value, wrt: readonly Value[]): Value[] {
  if (dy.shape.join() !== y.shape.join())
    throw new Error(`the cotangent's shape [${dy.shape.join()}] is not the output's, [${y.shape.join()}]`);
  const targets = new Set(wrt);
  const order = dependencies([y], targets);
  // Only values that lead to a target need a gradient.
  const leads = new Set<Value>(targets);
  for (const value of order) if (value.producer?.inputs.some((input) => leads.has(input))) leads.add(value);

  const adjoint = new Map<Value, Value>([[y, dy]]);
  for (const value of order.reverse()) {
    const own = adjoint.get(value);
    if (own === undefined || value.producer === null || targets.has(value)) continue;
    const { op, inputs, attrs } = value.producer;
    const parts = rule(op)({ inputs, output: value, dy: own, attrs });
    inputs.forEach((input, i) => {
      const part = parts[i];
      if (!leads.has(input) || part === null || part === undefined) return;
      const sofar = adjoint.get(input);
      adjoint.set(input, sofar === undefined ? part : add(sofar, part));
    });
  }
  return wrt.map((value) => {
    const gradient = adjoint.get(value);
    if (gradient === undefined)
      throw new Error(`${describe(y)} does not depend on ${describe(value)} in a way that has a gradient`);
    return gradient;
  });
}

const describe = ({ inputName, producer, shape }: Value): string =>
  `${inputName === null ? `the result of ${producer?.op}` : `input "${inputName}"`} [${shape.join()}]`;

/** The rule of an operation. The producer union pairs each name with its own attributes, which a lookup cannot see. */
const rule = (op: OpName) => (OPS[op] as OpDefinition<OpAttrs[OpName]>).gradient;
