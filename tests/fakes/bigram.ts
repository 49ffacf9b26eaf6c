/**
 * A model for tests: the next token depends on the last one alone. logits(next | last) = base[last, next] +
 * table[last, next] + bias[next], in float64, so gradients are exact up to the float32 of their storage. `base` is
 * frozen; the trainable tensors play the adapter and start at seeded noise, or at zero.
 */
import type { Logps, Row, TrainableModel } from "../../src/model/types.js";
import { random } from "../../src/random.js";

export class Bigram implements TrainableModel {
  readonly parameters: Map<string, Float32Array>;
  readonly gradients: Map<string, Float32Array>;
  /** Calls so far, for tests of caching and stopping. */
  readonly calls = { logps: 0, backward: 0 };
  private readonly base: number[];
  private readonly table: Float32Array;
  private readonly bias: Float32Array;

  constructor(
    readonly vocabulary: number,
    seed: number,
    noise = 0,
  ) {
    const stream = random(seed, "bigram");
    const normals = (count: number) => Array.from({ length: count }, () => stream.normal());
    this.base = normals(vocabulary ** 2);
    this.table = Float32Array.from(normals(vocabulary ** 2), (x) => x * noise);
    this.bias = Float32Array.from(normals(vocabulary), (x) => x * noise);
    this.parameters = new Map([
      ["table", this.table],
      ["bias", this.bias],
    ]);
    this.gradients = new Map([
      ["table", new Float32Array(vocabulary ** 2)],
      ["bias", new Float32Array(vocabulary)],
    ]);
  }

  async logps(rows: readonly Row[], { adapter = true } = {}): Promise<Logps> {
    this.calls.logps++;
    return this.forward(rows, adapter);
  }

  async backward(rows: readonly Row[], seed: (logps: Logps) => Logps): Promise<Logps> {
    this.calls.backward++;
    const logps = this.forward(rows, true);
    const seeds = seed(logps);
    const table = this.gradients.get("table");
    const bias = this.gradients.get("bias");
    if (table === undefined || bias === undefined) throw new Error("no gradients");
    rows.forEach((row, r) => {
      row.completions.forEach((completion, c) => {
        const upstream = seeds[r]?.[c] ?? 0;
        for (const [last, next] of transitions(row, completion)) {
          // d log softmax(z)[next] / dz[k] = [k = next] - softmax(z)[k]
          this.logSoftmax(last, true).forEach((logp, k) => {
            const slope = upstream * ((k === next ? 1 : 0) - Math.exp(logp));
            table[last * this.vocabulary + k] = (table[last * this.vocabulary + k] ?? 0) + slope;
            bias[k] = (bias[k] ?? 0) + slope;
          });
        }
      });
    });
    return logps;
  }

  private forward(rows: readonly Row[], adapter: boolean): Logps {
    return rows.map((row) =>
      row.completions.map((completion) => {
        let sum = 0;
        for (const [last, next] of transitions(row, completion)) {
          sum += this.logSoftmax(last, adapter)[next] ?? Number.NaN;
        }
        return sum;
      }),
    );
  }

  private logSoftmax(last: number, adapter: boolean): number[] {
    const logits = Array.from({ length: this.vocabulary }, (_, k) => {
      const at = last * this.vocabulary + k;
      return (this.base[at] ?? 0) + (adapter ? (this.table[at] ?? 0) + (this.bias[k] ?? 0) : 0);
    });
    const total = Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
    return logits.map((z) => z - total);
  }
}

function* transitions(row: Row, completion: readonly number[]): Generator<[last: number, next: number]> {
  let last = row.prompt.at(-1) ?? 0;
  for (const next of completion) {
    yield [last, next];
    last = next;
  }
}
