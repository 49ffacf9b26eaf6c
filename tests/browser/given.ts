/** What tests of other runtimes train: the small model and a few pairs. */
import { synthetic } from "../../src/data/synthetic/index.js";
import { loadConfig } from "../../src/model/config.js";
import { resolveModel } from "../../src/model/folder.js";
import { loadTokenizer } from "../../src/model/tokenizer.js";
import { loadWeights, type Precision } from "../../src/model/weights.js";
import { encodePairs } from "../../src/training/examples.js";
import type { TenSteps } from "./ten-steps.js";

/** The small model and, for each of some problems, its own solution before that of another. */
export async function given(precision: Precision): Promise<TenSteps> {
  const folder = await resolveModel("tiny");
  const config = await loadConfig(folder);
  const tokenizer = await loadTokenizer(folder);
  const problems = synthetic({ count: 8, seed: 1, maxSteps: 1, split: "train" });
  const pairs = problems.map(({ id, question, solution = "" }, i) => ({
    problemId: id,
    prompt: question,
    chosen: solution,
    rejected: problems[(i + 1) % problems.length]?.solution ?? "",
    rejectedSource: "sampled" as const,
    weight: 0.5 + (i % 3) / 2,
  }));
  const encoder = {
    encodePrompt: (prompt: string) => tokenizer.encodePrompt([{ role: "user", content: prompt }]),
    encode: tokenizer.encode,
    endId: tokenizer.endId,
  };
  const { examples } = encodePairs(pairs, encoder, {
    maxLength: 512,
    overLong: "drop",
    rejectedPart: "whole",
  });
  return { config, precision, weights: await loadWeights(folder, config), pairs: examples };
}
