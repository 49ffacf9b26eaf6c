/** DPO steps, ten as a rule, of a fresh adapter on whatever model is handed over: the same code in Node and in a page. */
import type { Tensor } from "../../src/engine/index.js";
import type { ModelConfig } from "../../src/model/config.js";
import { Decoder, freshAdapter } from "../../src/model/decoder.js";
import { inEightBits } from "../../src/model/frozen.js";
import type { Precision } from "../../src/model/weights.js";
import { random } from "../../src/random.js";
import { dpoLoop } from "../../src/training/dpo-loop.js";
import type { Example } from "../../src/training/examples.js";
import { DpoOptions } from "../../src/training/options.js";
import { passing, type StepRecord } from "../../src/training/store.js";

export const LORA = { rank: 4, alpha: 8 };
const OPTIONS = DpoOptions.parse({ batchSize: 2, microBatchTokens: 400, learningRate: 2e-3 });

export interface TenSteps {
  readonly config: ModelConfig;
  readonly precision: Precision;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly pairs: readonly Example[];
}

/** The records of the steps. */
export async function tenSteps(
  { config, precision, weights, pairs }: TenSteps,
  maxSteps = 10,
): Promise<StepRecord[]> {
  const adapter = freshAdapter(config, LORA, random(1, "adapter").next);
  const base = precision === "int8" ? inEightBits(weights) : weights;
  const model = new Decoder(config, base, { train: "lora", lora: LORA, adapter });
  const records: StepRecord[] = [];
  const store = passing((record) => records.push(record));
  await dpoLoop({ model, arm: "browser", options: { ...OPTIONS, maxSteps }, pairs, weighted: true }, store);
  await model.release();
  return records;
}
