import { existsSync } from "node:fs";
import { z } from "zod";
import { NearmissError } from "../../errors.js";
import { PRECISIONS } from "../../model/weights.js";
import { ModelSource } from "../../recipe/model.js";
import { PromptTemplate } from "../../recipe/schema.js";
import { serveStudio } from "../../studio/server/serve.js";
import { JSON_OUT, MODEL, number, PRECISION, PROMPT, text } from "../flags.js";
import { printJson, printText } from "../io.js";
import { stderrProgress } from "../progress.js";
import { stopAsked } from "../stop.js";
import { playgroundOf } from "../studio/playground.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  runs: z.array(z.string().min(1)).default(["runs"]),
  port: z.int().min(0).max(65535).default(4127),
  model: z.string().min(1).optional(),
  adapter: z.string().min(1).optional(),
  precision: z.enum(PRECISIONS).default("fp32"),
  prompt: PromptTemplate.prefault({}),
  json: z.boolean().default(false),
});

export const studioCommand = () =>
  commandOf({
    name: "studio",
    about:
      "A local web page over run folders: what the model gets wrong, and why; live while a run is going.",
    argument: { name: "runs...", help: "run folders, or folders of them (default: runs)", optional: true },
    flags: [
      number("--port <number>", "port on 127.0.0.1; 0 for any that is free"),
      MODEL,
      text("--adapter <folder>", "LoRA adapter in PEFT's format, for --model"),
      PRECISION,
      JSON_OUT,
      ...PROMPT,
    ],
    options: Options,
    examples: ["nearmiss studio runs/quickstart", "nearmiss studio --model tiny --port 0"],
    note: "Only this machine can open the page. A model is for the playground, and is loaded when it is first asked.",
    run,
  });

async function run(given: z.output<typeof Options>): Promise<void> {
  const { runs, port, model, adapter, precision, prompt, json } = given;
  const missing = runs.filter((folder) => !existsSync(folder));
  if (missing.length === runs.length && runs[0] !== "runs") {
    throw new NearmissError(
      `There is no folder ${missing.join(", ")}. Name run folders, or a folder that holds some.`,
    );
  }
  const progress = stderrProgress();
  const source = model === undefined ? null : new ModelSource(model, precision);
  if (source !== null && !source.onHub) await source.look(progress);
  const loaded = source === null ? null : { source, adapter, prompt };
  const studio = await serveStudio(runs, port, playgroundOf(loaded, progress));
  if (json) printJson({ url: studio.url });
  else printText(`Studio: ${studio.url} (Ctrl-C ends it)`);
  await stopAsked();
  await studio.close();
}
