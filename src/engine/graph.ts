/**
 * A graph of tensor operations, built once and then differentiated, written as ONNX or evaluated in float64.
 *
 * Values are immutable and have one producer. Applying the same operation to the same values returns the same value, so
 * that a gradient rule may freely mention what the forward pass has computed already.
 */
import { OPS, type OpAttrs, type OpName } from "./ops/index.js";

/** A size: known now (a number) or only at run time (a name, such as "N" tokens). Equal names are equal sizes. */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** int8 is for quantised weights, int32 for indices. */
export type DType = "float32" | "int32" | "int8";

export interface Value {
  readonly graph: Graph;
  /** Position in the graph: a value's producer has inputs of smaller ids only. */
  readonly id: number;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The name an input is fed by; null for a computed value. */
  readonly inputName: string | null;
  readonly producer: Producer | null;
}

/** The operation behind a value. A union over the table, so that `op` decides the type of `attrs`. */
export type Producer = {
  [K in OpName]: { readonly op: K; readonly inputs: readonly Value[]; readonly attrs: OpAttrs[K] };
}[OpName];

export class Graph {
  readonly values: Value[] = [];
  private readonly inputs = new Map<string, Value>();
  private readonly known = new Map<string, Value>();

  /** Declares a tensor that is fed at run time. */
  input(name: string, shape: Shape, dtype: DType = "float32"): Value {
    if (this.inputs.has(name)) throw new Error(`graph input "${name}" is declared twice`);
    const value = this.add(shape, dtype, name, null);
    this.inputs.set(name, value);
    return value;
  }

  /** Applies an operation of the table. @throws Error naming the operation and the shapes when they do not fit. */
  apply<K extends OpName>(op: K, inputs: readonly Value[], attrs: OpAttrs[K]): Value {
    if (inputs.some((v) => v.graph !== this))
      throw new Error(`${op}: an operand is a value of another graph`);
    const key = `${op}(${inputs.map((v) => v.id).join()})${JSON.stringify(attrs, exactly)}`;
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    const shapes = inputs.map((v) => v.shape);
    let shape: Shape;
    try {
      checkDTypes(inputs, OPS[op].types);
      shape = OPS[op].infer(shapes, attrs);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${op}(${shapes.map((s) => `[${s.join()}]`).join(", ")}): ${reason}`, { cause });
    }
    const value = this.add(shape, "float32", null, { op, inputs, attrs } as Producer);
    this.known.set(key, value);
    return value;
  }

  private add(shape: Shape, dtype: DType, inputName: string | null, producer: Producer | null): Value {
    const value: Value = { graph: this, id: this.values.length, shape, dtype, inputName, producer };
    this.values.push(value);
    return value;
  }
}

/** Numbers that JSON writes alike, or not at all, told apart. */
const exactly = (_key: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? { number: Object.is(value, -0) ? "-0" : String(value) }
    : value;

function checkDTypes(inputs: readonly Value[], types: Readonly<Record<number, DType>>): void {
  inputs.forEach(({ dtype }, i) => {
    const wanted = types[i] ?? "float32";
    if (dtype !== wanted) throw new Error(`operand ${i} is ${dtype}, not ${wanted}`);
  });
}

/**
 * The values that `outputs` depend on, inputs included, in the order of computation. `stop` cuts the walk: values in it
 * are taken as given.
 */
export function dependencies(outputs: readonly Value[], stop: ReadonlySet<Value> = new Set()): Value[] {
  const seen = new Set<Value>();
  const open = [...outputs];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (!stop.has(value)) open.push(...(value.producer?.inputs ?? []));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
