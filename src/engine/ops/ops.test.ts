/**
 * Every operation and its gradient, over random shapes: ONNX Runtime in float32 against the float64 evaluator, and the
 * evaluator's gradient against central differences.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CASES, type Case, type Operand, sizes } from "../../../tests/op-cases.js";
import { random } from "../../random.js";
import { gradients } from "../differentiate.js";
import { Graph, type Shape, type Value } from "../graph.js";
import { evaluate } from "../reference.js";
import { compile } from "../runtime.js";
import { at, sizeOf, type Tensor, type Tensor64 } from "../tensor.js";
import { OPS, type OpAttrs, type OpName } from "./index.js";

const shapeOf = (operand: Operand): Shape => operand.axes.map(({ dim }) => dim);

/** The tensors of a case: float64 for the evaluator, holding only numbers that float32 holds too. */
function draw(operand: Operand, seed: number, label: string): Tensor64 {
  const shape = sizes(operand.axes);
  const { content } = operand;
  if (typeof content !== "string") return { data: Float64Array.from(content), shape };
  return normals(shape, seed, label);
}

function normals(shape: readonly number[], seed: number, label: string): Tensor64 {
  const stream = random(seed, label);
  return { data: Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(stream.normal())), shape };
}

/** The input behind a value, which must be one. */
const nameOf = ({ inputName }: Value): string => {
  if (inputName === null) throw new Error("not an input");
  return inputName;
};

const named = <T>(tensors: Readonly<Record<string, T>>, name: string): T => {
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`no tensor "${name}"`);
  return tensor;
};

const ARRAYS = { float32: Float32Array, int32: Int32Array, int8: Int8Array } as const;

const toRuntime = (value: Value, { data, shape }: Tensor64): Tensor => ({
  data: ARRAYS[value.dtype].from(data),
  shape,
});

/**
 * What the runtime may differ by: rounding, unless named here. Rows of up to 4 numbers rounded to 127 steps either way, and
 * weights up to 1, give 4 / 254 of the row's largest number.
 */
const TOLERANCE: Partial<Record<OpName, number>> = { QuantizedMatMul: 0.1 };

const largest = (xs: ArrayLike<number>): number =>
  Array.from(xs).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Equal up to `tolerance`, relative to the largest number expected where that is above 1. */
function expectClose(found: Tensor | Tensor64, expected: Tensor64, tolerance: number, what: string): void {
  expect(found.shape, `shape of ${what}`).toEqual(expected.shape);
  const worst = largest(expected.data.map((v, i) => v - at(found.data, i)));
  expect(worst, what).toBeLessThanOrEqual(tolerance * (1 + largest(expected.data)));
}

/** The graph of one case with the gradient of sum(dy y) by each operand of numbers. */
async function check<K extends OpName>(
  op: K,
  { operands, attrs }: Case<OpAttrs[K]>,
  seed: number,
): Promise<void> {
  const graph = new Graph();
  const inputs = operands.map((operand, i) =>
    graph.input(
      `x${i}`,
      shapeOf(operand),
      operand.dtype ?? (typeof operand.content === "string" ? "float32" : "int32"),
    ),
  );
  const y = graph.apply(op, inputs, attrs);
  const dy = graph.input("dy", y.shape);
  const parts = OPS[op].gradient({ inputs, output: y, dy, attrs });
  expect(parts.map((part) => part !== null)).toEqual(operands.map(({ content }) => content === "numbers"));
  const wrt = inputs.filter((_, i) => parts[i] !== null);
  const outputs = [y, ...gradients(y, dy, wrt)];

  const feeds: Record<string, Tensor64> = {};
  operands.forEach((operand, i) => {
    feeds[`x${i}`] = draw(operand, seed, `x${i}`);
  });
  feeds.dy = normals(at(evaluate([y], feeds), 0).shape, seed, "dy");
  const expected = evaluate(outputs, feeds);

  const program = await compile(Object.fromEntries(outputs.map((output, i) => [`out${i}`, output])), {
    threads: 1,
  });
  const found = await program.run(
    Object.fromEntries([...inputs, dy].map((v) => [nameOf(v), toRuntime(v, named(feeds, nameOf(v)))])),
  );
  await program.release();
  expected.forEach((tensor, i) => {
    expectClose(
      named(found, `out${i}`),
      tensor,
      TOLERANCE[op] ?? 1e-5,
      i === 0 ? op : `gradient ${i - 1} of ${op}`,
    );
  });
  wrt.forEach((input, i) => {
    centralDifferences(y, input, feeds, at(expected, i + 1), seed);
  });
}

/** Holds up to 16 entries of a gradient against (L(x + h) - L(x - h)) / 2h with L = sum(dy y). */
function centralDifferences(
  y: Value,
  input: Value,
  feeds: Readonly<Record<string, Tensor64>>,
  gradient: Tensor64,
  seed: number,
): void {
  const h = 1e-5;
  const name = nameOf(input);
  const [x, dy] = [named(feeds, name), named(feeds, "dy")];
  const loss = (entry: number, by: number): number => {
    const data = Float64Array.from(x.data);
    data[entry] = at(data, entry) + by;
    const value = at(evaluate([y], { ...feeds, [name]: { data, shape: x.shape } }), 0);
    return value.data.reduce((total, v, i) => total + v * at(dy.data, i), 0);
  };
  expect(gradient.shape).toEqual(x.shape);
  const entries = random(seed, "entries")
    .shuffle([...x.data.keys()])
    .slice(0, 16);
  const slopes = entries.map((entry) => (loss(entry, h) - loss(entry, -h)) / (2 * h));
  const own = entries.map((entry) => at(gradient.data, entry));
  expectClose(
    { data: Float64Array.from(own), shape: [own.length] },
    { data: Float64Array.from(slopes), shape: [own.length] },
    1e-5,
    `central differences by ${name}`,
  );
}

describe("operations", () => {
  const test = <K extends OpName>(op: K): void => {
    it(op, async () => {
      await fc.assert(
        fc.asyncProperty(CASES[op], fc.nat(), (example, seed) => check(op, example, seed)),
        // Always the same cases, so that a failure means a change of the code.
        { numRuns: 25, seed: 1 },
      );
    });
  };
  for (const op of Object.keys(CASES) as OpName[]) test(op);
});
