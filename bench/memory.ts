/**
 * `npm run bench -- memory --models A,B [--precisions fp32,int8] [--lengths 256,512,1024,2048] [--recompute]`: the peak memory
 * of one DPO step of one pair, as the model grows and as the sequence grows, in float32 and on an 8-bit base, each point in a
 * process of its own.
 */
import { basename } from "node:path";
import Table from "cli-table3";
import { z } from "zod";
import { text, toggle } from "../src/cli/flags.js";
import { PRECISIONS } from "../src/model/weights.js";
import { stepInChild } from "./child.js";
import { type Bench, wholeNumbers } from "./harness.js";

const list = z.string().transform((items) => items.split(","));
const Options = z.strictObject({
  models: list,
  precisions: list.pipe(z.array(z.enum(PRECISIONS))).default([...PRECISIONS]),
  lengths: wholeNumbers(4).default([256, 512, 1024, 2048]),
  recompute: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

export const memory: Bench<Options> = {
  name: "memory",
  about: "Peak memory of a DPO step as the model and the sequence grow.",
  flags: [
    text("--models <folders>", "model folders, separated by commas"),
    text("--precisions <names>", "fp32, int8 or both, separated by a comma"),
    text("--lengths <tokens>", "tokens of prompt and completion, separated by commas"),
    toggle("--recompute", "compute activations a second time instead of keeping them"),
  ],
  options: Options,
  async measure({ models, precisions, lengths, recompute }, say) {
    const points = [];
    for (const model of models)
      for (const precision of precisions)
        for (const length of lengths) {
          const flags = ["--model", model, "--precision", precision, "--tokens", `${length}`];
          if (recompute) flags.push("--recompute");
          const { loadedGB, peakRssGB } = await stepInChild([...flags, "--warmup", "0", "--repeats", "1"]);
          points.push({ model: basename(model), precision, recompute, length, loadedGB, peakRssGB });
        }
    const head = ["model", "precision", "loading, GB", ...lengths.map((length) => `${length} tokens`)];
    const table = new Table({ head, style: { head: [], border: [] } });
    for (const first of points.filter(({ length }) => length === lengths[0])) {
      const same = points.filter((p) => p.model === first.model && p.precision === first.precision);
      table.push([first.model, first.precision, first.loadedGB, ...same.map(({ peakRssGB }) => peakRssGB)]);
    }
    say(table.toString());
    return { points };
  },
};
