/** Operations of the table over random shapes. A record over the table, so that an operation without a case does not compile. */
import fc from "fast-check";
import type { Dim, DType } from "../src/engine/graph.js";
import type { OpAttrs, OpName } from "../src/engine/ops/index.js";
import { at, sizeOf } from "../src/engine/tensor.js";
import { random } from "../src/random.js";

/** An axis as it is fed and as it is declared: by number or by name. */
interface Axis {
  readonly size: number;
  readonly dim: Dim;
}
/** Numbers to be drawn and differentiated by, indices as given, or a tensor of which only the shape is read. */
type Content = "numbers" | "shape" | readonly number[];
export interface Operand {
  readonly axes: readonly Axis[];
  readonly content: Content;
  /** By default float32 for drawn numbers and int32 for those given. */
  readonly dtype?: DType;
}
export interface Case<Attrs> {
  readonly operands: readonly Operand[];
  readonly attrs: Attrs;
}

const numbers = (axes: readonly Axis[]): Operand => ({ axes, content: "numbers" });
const fixed = (size: number): Axis => ({ size, dim: size });
export const sizes = (list: readonly Axis[]): number[] => list.map(({ size }) => size);

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

export const CASES: { readonly [K in OpName]: fc.Arbitrary<Case<OpAttrs[K]>> } = {
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

  Pick: fc
    .tuple(oneAxis("R"), known(positive))
    .chain(([rows, columns]) =>
      indices(rows.size, columns.size).map((content) =>
        one({}, numbers([rows, columns]), { axes: [rows], content }),
      ),
    ),

  Place: fc
    .tuple(oneAxis("R"), positive)
    .chain(([rows, size]) =>
      indices(rows.size, size).map((content) =>
        one({ size }, numbers([rows, fixed(1)]), { axes: [rows], content }),
      ),
    ),

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

  // Some rows of x are taken, each once, to places of the output drawn at random.
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
