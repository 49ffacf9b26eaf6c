/**
 * Every operation and its gradient, over random shapes: ONNX Runtime in float32 against the float64 evaluator, and the
 * evaluator's gradient against central differences. `CASES` is a record over the table, so that an operation without a
 * case does not compile.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../random.js";
import { gradients } from "../differentiate.js";
import { type Dim, type DType, Graph, type Shape, type Value } from "../graph.js";
import { evaluate } from "../reference.js";
import { compile } from "../runtime.js";
import { at, sizeOf, type Tensor, type Tensor64 } from "../tensor.js";
import { OPS, type OpAttrs, type OpName } from "./index.js";

/** An axis as it is fed and as it is declared: by number or by name. */
interface Axis {
  readonly size: number;
  readonly dim: Dim;
}
/** Numbers to be drawn and differentiated by, indices as given, or a tensor of which only the shape is read. */
type Content = "numbers" | "shape" | readonly number[];
interface Operand {
  readonly axes: readonly Axis[];
  readonly content: Content;
  /** By default float32 for drawn numbers and int32 for those given. */
  readonly dtype?: DType;
}
interface Case<Attrs> {
  readonly operands: readonly Operand[];
  readonly attrs: Attrs;
}

const numbers = (axes: readonly Axis[]): Operand => ({ axes, content: "numbers" });
const fixed = (size: number): Axis => ({ size, dim: size });
const sizes = (list: readonly Axis[]): number[] => list.map(({ size }) => size);

/** Sizes 1 to 4, sometimes 0. */
const someSize = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);
const oneAxis = (name: string, size = someSize): fc.Arbitrary<Axis> =>
  fc.tuple(size, fc.boolean()).map(([n, named]) => ({ size: n, dim: named ? name : n }));
const known = (size = someSize): fc.Arbitrary<Axis> => size.map(fixed);
const positive = fc.integer({ min: 1, max: 4 });

const axes = (prefix: string, min: number, max: number, size = someSize): fc.Arbitrary<Axis[]> =>
  fc
    .array(fc.tuple(size, fc.boolean()), { minLength: min, maxLength: max })
    .map((list) => list.map(([size, named], i) => ({ size, dim: named ? `${prefix}${i}` : size })));

const one = <A>(attrs: A, ...operands: readonly Operand[]): Case<A> => ({ operands, attrs });
const unary = axes("N", 0, 4).map((list) => one({}, numbers(list)));

/** Two operands' axes that broadcast: some are 1 on one side, some leading ones are missing. */
const broadcasting = (prefix: string, max: number, size = someSize): fc.Arbitrary<[Axis[], Axis[]]> =>
  fc
    .tuple(
      axes(prefix, 0, max, size),
      fc.array(fc.constantFrom("both", "left", "right"), { minLength: max, maxLength: max }),
      fc.constantFrom("both", "left", "right"),
      fc.nat({ max }),
    )
    .map(([full, sides, short, missing]) => {
      const side = (own: string): Axis[] => {
        const all = full.map((axis, i) => (sides[i] === "both" || sides[i] === own ? axis : fixed(1)));
        return short === own ? all.slice(missing) : all;
      };
      return [side("left"), side("right")];
    });
const binary = broadcasting("N", 4).map(([a, b]) => one({}, numbers(a), numbers(b)));

/** A list of axes with a place in it for one whose size is known. */
const around = (axis: fc.Arbitrary<Axis> = known()) =>
  fc.tuple(axes("N", 0, 2), axis, axes("M", 0, 2)).map(([before, own, after]) => ({
    list: [...before, own, ...after],
    axis: before.length,
    size: own.size,
  }));

const indices = (count: number, rows: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 0, max: rows - 1 }), { minLength: count, maxLength: count });

const products = (batch: fc.Arbitrary<[Axis[], Axis[]]>, size: fc.Arbitrary<number>) =>
  fc
    .record({
      batch,
      m: oneAxis("M", size),
      k: oneAxis("K", size),
      n: oneAxis("N", size),
      transA: fc.boolean(),
      transB: fc.boolean(),
      alpha: fc.constantFrom(1, 0.5, -2),
    })
    .map(({ batch: [a, b], m, k, n, ...attrs }) =>
      one(
        attrs,
        numbers([...a, ...(attrs.transA ? [k, m] : [m, k])]),
        numbers([...b, ...(attrs.transB ? [n, k] : [k, n])]),
      ),
    );

const CASES: { readonly [K in OpName]: fc.Arbitrary<Case<OpAttrs[K]>> } = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Neg: unary,
  Sigmoid: unary,
  Silu: unary,
  Scalar: fc.double({ min: -10, max: 10, noNaN: true }).map((value) => one({ value })),

  // Not a product of batches over an inner size of 0: ONNX Runtime's FusedMatMul leaves its result unset.
  MatMul: fc.oneof(
    products(fc.constant<[Axis[], Axis[]]>([[], []]), someSize),
    products(broadcasting("B", 3, positive), positive),
  ),

  QuantizedMatMul: fc
    .record({
      n: oneAxis("N", positive),
      inner: positive,
      out: positive,
      seed: fc.nat(),
      transposed: fc.boolean(),
    })
    .map(({ n, inner, out, seed, transposed }) => {
      const stream = random(seed);
      const bytes = Array.from({ length: out * inner }, () => stream.int(-127, 127));
      const scales = Array.from({ length: out }, () => Math.fround((1 + stream.next()) / 256));
      return one(
        { transposed },
        numbers([n, fixed(transposed ? inner : out)]),
        { axes: [fixed(out), fixed(inner)], content: bytes, dtype: "int8" },
        { axes: [fixed(out)], content: scales, dtype: "float32" },
      );
    }),

  // Two axes become one, the axes change places, and an axis of size 1 comes in.
  Reshape: fc
    .record({
      list: fc.oneof(axes("N", 0, 4, positive), fc.array(known(), { maxLength: 4 })),
      merge: fc.nat({ max: 3 }),
      order: fc.infiniteStream(fc.nat()),
      one: fc.nat(),
    })
    .map(({ list, merge, order, one: place }) => {
      const target = [...list];
      const [a, b] = [list[merge], list[merge + 1]];
      const mergeable = a !== undefined && b !== undefined && (a.dim === a.size || b.dim === b.size);
      if (mergeable) {
        const size = a.size * b.size;
        const open = a.dim !== a.size || b.dim !== b.size;
        target.splice(merge, 2, { size, dim: open ? "P" : size });
      }
      const keys = target.map(() => order.next().value ?? 0);
      const moved = target
        .map((axis, i) => ({ axis, key: at(keys, i) }))
        .sort((x, y) => x.key - y.key)
        .map(({ axis }) => axis);
      moved.splice(place % (moved.length + 1), 0, fixed(1));
      return one({ shape: moved.map(({ dim }) => dim) }, numbers(list));
    }),

  Transpose: axes("N", 1, 4).chain((list) =>
    fc
      .shuffledSubarray([...list.keys()], { minLength: list.length })
      .map((perm) => one({ perm }, numbers(list))),
  ),

  Slice: around()
    .chain((place) =>
      fc.tuple(fc.constant(place), fc.nat({ max: place.size }), fc.nat({ max: place.size }), fc.boolean()),
    )
    .map(([{ list, axis, size }, p, q, toEnd]) => {
      const [start, end] = [Math.min(p, q), toEnd ? size : Math.max(p, q)];
      return one({ axis, start, end: toEnd ? null : end, size: end - start }, numbers(list));
    }),

  PadZero: fc
    .tuple(around(), fc.nat({ max: 3 }), fc.nat({ max: 3 }))
    .map(([{ list, axis }, before, after]) => one({ axis, before, after }, numbers(list))),

  Concat: fc
    .tuple(around(), fc.array(someSize, { minLength: 1, maxLength: 3 }))
    .map(([{ list, axis }, along]) =>
      one({ axis }, ...along.map((size) => numbers(list.with(axis, fixed(size))))),
    ),

  Gather: fc
    .record({ rows: positive, tail: fc.array(known(positive), { maxLength: 2 }), index: axes("I", 0, 2) })
    .chain(({ rows, tail, index }) =>
      indices(sizeOf(sizes(index)), rows).map((content) =>
        one({}, numbers([fixed(rows), ...tail]), { axes: index, content }),
      ),
    ),

  ScatterAdd: fc
    .record({ rows: positive, tail: fc.array(known(positive), { maxLength: 2 }), index: axes("I", 0, 2) })
    .chain(({ rows, tail, index }) =>
      indices(sizeOf(sizes(index)), rows).map((content) =>
        one({ rows }, numbers([...index, ...tail]), { axes: index, content }),
      ),
    ),

  // Some rows of x are taken, each once, to places of the output drawn at random.
  Rotate: fc
    .record({ n: oneAxis("N"), heads: positive, half: positive, seed: fc.nat() })
    .map(({ n, heads, half, seed }) => {
      const stream = random(seed);
      const table = (): Operand => ({
        axes: [n, fixed(half)],
        content: Array.from({ length: n.size * half }, () => Math.fround(2 * stream.next() - 1)),
        dtype: "float32",
      });
      return one({}, numbers([n, fixed(heads * 2 * half)]), table(), table());
    }),

  TakeRows: fc
    .record({
      lead: axes("N", 1, 2),
      index: axes("I", 1, 2),
      width: positive,
      share: fc.nat({ max: 16 }),
      seed: fc.nat(),
    })
    .map(({ lead, index, width, share, seed }) => {
      const there = new Array<number>(sizeOf(sizes(index))).fill(-1);
      const back = new Array<number>(sizeOf(sizes(lead))).fill(-1);
      const stream = random(seed);
      const places = stream.shuffle([...there.keys()]);
      const rows = stream.shuffle([...back.keys()]);
      for (let i = 0; i < Math.min(share, places.length, rows.length); i++) {
        there[at(places, i)] = at(rows, i);
        back[at(rows, i)] = at(places, i);
      }
      return one(
        {},
        numbers([...lead, fixed(width)]),
        { axes: index, content: there },
        { axes: lead, content: back },
      );
    }),

  Sum: axes("N", 0, 4).chain((list) =>
    fc.subarray([...list.keys()]).map((summed) => one({ axes: summed }, numbers(list))),
  ),

  Expand: fc
    .tuple(axes("N", 0, 4), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), fc.nat({ max: 4 }))
    .map(([list, kept, missing]) =>
      one({}, numbers(list.map((axis, i) => (kept[i] ? axis : fixed(1))).slice(missing)), {
        axes: list,
        content: "shape",
      }),
    ),

  // Whole numbers, so that some are equal. The numbers are given, for it has no gradient.
  Largest: fc
    .tuple(axes("N", 0, 3, positive), oneAxis("W", positive), fc.nat(), fc.nat())
    .map(([lead, width, less, seed]) => {
      const stream = random(seed);
      const content = Array.from({ length: sizeOf(sizes([...lead, width])) }, () => stream.int(-3, 3));
      const count = 1 + (less % width.size);
      return one({ count }, { axes: [...lead, width], content, dtype: "float32" });
    }),
  Softmax: fc
    .tuple(axes("N", 0, 3), oneAxis("W", positive))
    .map(([lead, width]) => one({}, numbers([...lead, width]))),
  LogSumExp: fc
    .tuple(axes("N", 0, 3), oneAxis("W", positive))
    .map(([lead, width]) => one({}, numbers([...lead, width]))),
  RmsNorm: fc
    .tuple(axes("N", 0, 3), known(positive), fc.constantFrom(1e-3, 0.1))
    .map(([lead, width, eps]) => one({ eps }, numbers([...lead, width]), numbers([width]))),
  InverseRms: fc
    .tuple(axes("N", 0, 3), known(positive), fc.constantFrom(1e-3, 0.1))
    .map(([lead, width, eps]) => one({ eps }, numbers([...lead, width]))),
};

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
