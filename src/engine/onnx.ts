/** Writes a graph as an ONNX model (protobuf), opset 18 with ONNX Runtime's contrib operators where they pay. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Arrangement } from "./arrange.js";
import { type DType, dependencies, type Shape, type Value } from "./graph.js";
import type { NodeShapes, OpDefinition } from "./ops/definition.js";
import { OPS, type OpAttrs, type OpName } from "./ops/index.js";

type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };
type Attributes = Readonly<Record<string, Attribute>>;

const CONTRIB = "com.microsoft";
const DTYPES: Record<DType, DataType> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  int8: DataType.INT8,
};

/** Types of the numbers that stand in an operation's rule. */
const SCALAR_TYPES = {
  float32: { dataType: DataType.FLOAT, array: Float32Array },
  int32: { dataType: DataType.INT32, array: Int32Array },
  int8: { dataType: DataType.INT8, array: Int8Array },
  uint8: { dataType: DataType.UINT8, array: Uint8Array },
} as const;
type ScalarType = keyof typeof SCALAR_TYPES;

/** Collects the nodes and constants that the table's ONNX rules write. */
export class OnnxWriter {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  private readonly intConstants = new Map<string, string>();
  /** Constants that are expected in another arrangement than they are declared. */
  readonly arranged: OnnxConstant[] = [];
  private readonly scalars = new Map<string, string>();
  private count = 0;

  /** @param options see {@link OnnxOptions} */
  constructor(
    readonly options: Readonly<Required<Pick<OnnxOptions, "signedBytes" | "fusedProducts" | "constants">>>,
  ) {}

  /**
   * The name of a matrix of signed bytes [rows, columns] in another arrangement: a constant is expected so, another is
   * arranged by nodes.
   */
  arrange(name: string, shape: readonly [number, number], arrangement: Arrangement): string {
    const { unsigned, turned } = arrangement;
    if (!unsigned && !turned) return name;
    if (this.options.constants.has(name)) {
      const arranged = this.fresh();
      const dtype = unsigned ? "uint8" : "int8";
      const from: OnnxInput = { name, dtype: "int8", shape };
      this.arranged.push({
        ...{ name: arranged, dtype, from, arrangement },
        shape: turned ? shape.toReversed() : shape,
      });
      return arranged;
    }
    // Added in wider numbers, the 128 would for a while take eight times the matrix's memory.
    const bytes = unsigned
      ? this.node("BitwiseXor", [this.cast(name, "uint8"), this.scalar("uint8", 128)])
      : name;
    return turned ? this.node("Transpose", [bytes], undefined, { perm: { ints: [1, 0] } }) : bytes;
  }

  /** Adds a standard node and returns the name of its first output, a new name when none is given. */
  node(
    op: string,
    inputs: readonly string[],
    outputs?: readonly string[],
    attributes: Attributes = {},
  ): string {
    return this.push("", op, inputs, outputs, attributes);
  }

  /** Adds a node of ONNX Runtime's own domain. */
  contrib(
    op: string,
    inputs: readonly string[],
    outputs?: readonly string[],
    attributes: Attributes = {},
  ): string {
    return this.push(CONTRIB, op, inputs, outputs, attributes);
  }

  /** A constant int64 vector: shapes, axes, bounds. */
  intConstant(values: readonly number[]): string {
    const key = values.join();
    const existing = this.intConstants.get(key);
    if (existing !== undefined) return existing;
    const name = this.fresh();
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.constants.push(
      create(TensorProtoSchema, { name, dims: [BigInt(values.length)], dataType: DataType.INT64, rawData }),
    );
    this.intConstants.set(key, name);
    return name;
  }

  /** A constant number: one for all who ask for it. */
  scalar(type: ScalarType, value: number): string {
    const key = `${type} ${value}`;
    const name = this.scalars.get(key) ?? this.namedScalar(this.fresh(), type, value);
    this.scalars.set(key, name);
    return name;
  }

  /** A constant number under a name of its own. */
  namedScalar(name: string, type: ScalarType, value: number): string {
    const { dataType, array } = SCALAR_TYPES[type];
    const rawData = new Uint8Array(array.of(value).buffer);
    this.constants.push(create(TensorProtoSchema, { name, dims: [], dataType, rawData }));
    return name;
  }

  /** The same numbers in another type. */
  cast(value: string, type: ScalarType): string {
    return this.node("Cast", [value], undefined, { to: { int: SCALAR_TYPES[type].dataType } });
  }

  private push(
    domain: string,
    opType: string,
    inputs: readonly string[],
    outputs: readonly string[] = [this.fresh()],
    attributes: Attributes,
  ): string {
    this.nodes.push(
      create(NodeProtoSchema, {
        domain,
        opType,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      }),
    );
    return outputs[0] ?? "";
  }

  private fresh(): string {
    return `t${this.count++}`;
  }
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if ("int" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value.int) });
  if ("float" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ("ints" in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) });
  return create(AttributeProtoSchema, {
    name,
    type: AttributeType.STRING,
    s: new TextEncoder().encode(value.string),
  });
}

function valueInfo(name: string, dtype: DType, shape: Shape): ValueInfoProto {
  const dim = shape.map((d) =>
    typeof d === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(d) } }
      : { value: { case: "dimParam" as const, value: d } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType: DTYPES[dtype], shape: { dim } } } },
  });
}

/** An initializer whose numbers lie in a file of its name. @throws Error when a size is known at run time only. */
function externalTensor({ name, dtype, shape }: OnnxConstant): TensorProto {
  const dims = shape.map((dim) => {
    if (typeof dim === "string") throw new Error(`constant "${name}" has no fixed shape: [${shape.join()}]`);
    return BigInt(dim);
  });
  return create(TensorProtoSchema, {
    name,
    dims,
    dataType: SCALAR_TYPES[dtype].dataType,
    dataLocation: DataLocation.EXTERNAL,
    externalData: [{ key: "location", value: name }],
  });
}

/** An output's name in the file, set apart so that a gradient may carry the name of the input it belongs to. */
export const outputName = (name: string): string => `out.${name}`;

/** Names of computed values, of the writer's own and of outputs. */
const RESERVED = /^([vt]\d+|out\..*)$/;

function checkNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    if (RESERVED.test(name)) throw new Error(`"${name}" is a reserved name: give the input another`);
    if (names.indexOf(name) !== i) throw new Error(`two values are fed under the name "${name}"`);
  });
}

/** All matrices of bytes, those whose neighbours in a row add up to 128 at most, or none. */
export type SignedBytes = "all" | "paired" | "none";

/** What a model needs to be fed, by name. */
export interface OnnxInput {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A constant that is expected beside the model, in a file of its name. */
export interface OnnxConstant {
  readonly name: string;
  readonly dtype: ScalarType;
  readonly shape: Shape;
  /** The input whose numbers it has, as declared. */
  readonly from: OnnxInput;
  /** How they are arranged otherwise; null where they are not. */
  readonly arrangement: Arrangement | null;
}

export interface OnnxOptions {
  /**
   * Values that are fed instead of computed, by the names they are fed under: what an earlier program has kept for this
   * one.
   */
  readonly given?: Readonly<Record<string, Value>>;
  /**
   * Names of inputs that become initializers. Their numbers lie outside the file, each in a file of the input's name, so
   * that no model is too large for protobuf (2 GB).
   */
  readonly constants?: ReadonlySet<string>;
  /**
   * For which matrices the processor multiplies unsigned by signed bytes exactly, which is the faster way. For others
   * both sides are unsigned: the same numbers everywhere.
   */
  readonly signedBytes?: SignedBytes;
  /** Whether there is a product that turns and scales its operands on the way: only the processor and CUDA have it. */
  readonly fusedProducts?: boolean;
}

/**
 * An ONNX model that computes `outputs`.
 *
 * @param outputs values of one graph by the names they get in the file
 * @returns the model's bytes, the inputs that it must be fed and the constants that it expects beside it
 * @throws Error when two values are fed under one name, or under a name that the file uses itself
 */
export function toOnnx(
  outputs: Readonly<Record<string, Value>>,
  { given = {}, constants = new Set(), signedBytes = "none", fusedProducts = true }: OnnxOptions = {},
): { bytes: Uint8Array; inputs: OnnxInput[]; constants: OnnxConstant[] } {
  const writer = new OnnxWriter({ signedBytes, fusedProducts, constants });
  const givenNames = new Map(Object.entries(given).map(([name, value]) => [value, name]));
  const fedAs = (value: Value): string | null => givenNames.get(value) ?? value.inputName;
  const named = Object.entries(outputs).map(([name, value]) => [value, outputName(name)] as const);
  // A computed value bears the name of its output, or the last of them.
  const outputNames = new Map(named.filter(([value]) => fedAs(value) === null));
  const nameOf = (value: Value): string => fedAs(value) ?? outputNames.get(value) ?? `v${value.id}`;
  const order = dependencies(Object.values(outputs), new Set(givenNames.keys()));
  for (const value of order) {
    if (fedAs(value) !== null || value.producer === null) continue;
    const { op, inputs, attrs } = value.producer;
    const node: NodeShapes<OpAttrs[OpName]> = {
      shapes: inputs.map((v) => v.shape),
      shape: value.shape,
      attrs,
    };
    (OPS[op] as OpDefinition<OpAttrs[OpName]>).onnx(writer, inputs.map(nameOf), nameOf(value), node);
  }
  // One value may be asked for under two names, and an input may be an output: a copy bears the name.
  for (const [value, name] of named)
    if (nameOf(value) !== name) writer.node("Identity", [nameOf(value)], [name]);
  const fed = order
    .filter((value) => fedAs(value) !== null)
    .map((value) => ({ name: nameOf(value), dtype: value.dtype, shape: value.shape }));
  checkNames(fed.map(({ name }) => name));
  const inputs = fed.filter(({ name }) => !constants.has(name));
  const read = new Set(writer.nodes.flatMap(({ input }) => input));
  const outside: OnnxConstant[] = [
    ...fed
      .filter(({ name }) => constants.has(name) && read.has(name))
      .map((from) => ({ ...from, from, arrangement: null })),
    ...writer.arranged,
  ];
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [
      { domain: "", version: 18n },
      { domain: CONTRIB, version: 1n },
    ],
    graph: {
      name: "nearmiss",
      node: writer.nodes,
      initializer: [...writer.constants, ...outside.map(externalTensor)],
      input: inputs.map(({ name, dtype, shape }) => valueInfo(name, dtype, shape)),
      output: Object.entries(outputs).map(([name, value]) =>
        valueInfo(outputName(name), value.dtype, value.shape),
      ),
    },
  });
  return { bytes: toBinary(ModelProtoSchema, model), inputs, constants: outside };
}
