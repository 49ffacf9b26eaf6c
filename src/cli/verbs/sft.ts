import { z } from "zod";
import { fitSft, sftTexts } from "../../recipe/fit.js";
import { PromptTemplate } from "../../recipe/schema.js";
import { SftOptions } from "../../training/options.js";
import { DEVICE, JSON_OUT, LORA, MODEL, PRECISION, PROMPT, seed, settings, text } from "../flags.js";
import { readProblemFile } from "../io.js";
import { MEMORY, TRAINING, trainInto } from "../training.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  ...TRAINING,
  problems: z.string().min(1),
  prompt: PromptTemplate.prefault({}),
  sft: SftOptions.prefault({}),
});

export const sftCommand = () =>
  commandOf({
    name: "sft",
    about: "Train a LoRA adapter on the worked solutions of problems.",
    flags: [
      MODEL,
      text("--adapter <folder>", "adapter to go on from (default: a fresh one)"),
      text("--problems <file>", "problems.jsonl with a `solution` each"),
      text("--out <folder>", "adapter folder to write; checkpoints and metrics.jsonl go there too"),
      seed("sft.seed"),
      settings("epochs, learningRate, batchSize, ... as in a recipe's `sft`", "sft"),
      JSON_OUT,
      ...LORA,
      MEMORY,
      PRECISION,
      DEVICE,
      ...PROMPT,
    ],
    options: Options,
    examples: ["nearmiss sft --model ./model --problems train.jsonl --out adapters/sft --set epochs=2"],
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { prompt, sft: options } = given;
  const problems = await readProblemFile(given.problems);
  await trainInto(given, options.seed, (training) =>
    fitSft({
      ...training,
      arm: "sft",
      texts: sftTexts(training.model, problems, prompt, training.progress),
      options,
    }),
  );
}
