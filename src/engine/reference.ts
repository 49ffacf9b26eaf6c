/**
 * The float64 reference evaluator: slow, plain and exact to rounding. Tests compare the runtime with it, and it with
 * finite differences.
 */
import { dependencies, type Value } from "./graph.js";
import type { OpDefinition } from "./ops/definition.js";
import { OPS, type OpAttrs, type OpName } from "./ops/index.js";
import { checkTensor } from "./shapes.js";
import type { Tensor64 } from "./tensor.js";

/**
 * Evaluates values of one graph.
 *
 * @param outputs what to compute
 * @param feeds every input that the outputs depend on, by name
 * @throws Error naming the input that is missing or the value whose shape is not the one inferred
 */
export function evaluate(outputs: readonly Value[], feeds: Readonly<Record<string, Tensor64>>): Tensor64[] {
  const sizes = new Map<string, number>();
  const known = new Map<Value, Tensor64>();
  const order = dependencies(outputs);
  for (const value of order) {
    if (value.inputName === null) continue;
    const fed = feeds[value.inputName];
    if (fed === undefined) throw new Error(`input "${value.inputName}" is not fed`);
    known.set(value, fed);
    checkTensor(`input "${value.inputName}"`, value.shape, fed, sizes);
  }
  for (const value of order) {
    if (value.producer === null) continue;
    const { op, inputs, attrs } = value.producer;
    const definition = OPS[op] as OpDefinition<OpAttrs[OpName]>;
    const result = definition.reference(
      inputs.map((input) => known.get(input) as Tensor64),
      attrs,
      sizes,
    );
    checkTensor(op, value.shape, result, sizes);
    known.set(value, result);
  }
  return outputs.map((value) => known.get(value) as Tensor64);
}
