import { existsSync } from "node:fs";
import { resolve } from "node:path";
import pc from "picocolors";
import { z } from "zod";
import { PRECISIONS } from "../../model/weights.js";
import { DeviceChoice, fastest } from "../../recipe/device.js";
import { estimate, type StageEstimate, total } from "../../recipe/estimate.js";
import { loadRecipe } from "../../recipe/load.js";
import { ModelSource } from "../../recipe/model.js";
import { type Measurement, measureRates } from "../../recipe/rates.js";
import { fitOf, type ModelFit } from "../doctor/fit.js";
import { availableGiB, type Machine, machine } from "../doctor/machine.js";
import { DEVICE, JSON_OUT, MODEL, text } from "../flags.js";
import { printJson, printText } from "../io.js";
import { duration, stderrProgress } from "../progress.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  model: z.string().min(1).optional(),
  recipe: z.string().min(1).optional(),
  device: DeviceChoice.optional(),
  set: z.array(z.string()).default([]),
  json: z.boolean().default(false),
});
type Options = z.output<typeof Options>;

export const doctorCommand = () =>
  commandOf({
    name: "doctor",
    about:
      "Say what this machine can do: devices and their speed, memory, does a model fit, how long a recipe takes.",
    flags: [
      MODEL,
      text("--recipe <file>", "estimate a run of this recipe: its model is tried for about a minute"),
      DEVICE,
      { spelling: "--set <key=value>", type: "texts", help: "overrides a value of the recipe", into: "set" },
      JSON_OUT,
    ],
    options: Options,
    examples: ["nearmiss doctor --model ./model", "nearmiss doctor --recipe recipes/quickstart.yaml"],
    async run(given) {
      const forecast = given.recipe === undefined ? null : await forecastOf(given.recipe, given);
      const name = given.model ?? forecast?.model;
      const fit = name === undefined ? null : await fitOf(name, availableGiB());
      const found = await machine();
      if (given.json) printJson({ ...found, model: fit, forecast });
      else {
        const lines = [
          ...describe(found),
          ...(fit === null ? [] : describeFit(fit)),
          ...(forecast === null ? [] : describeForecast(forecast)),
        ];
        printText(lines.join("\n"));
      }
    },
  });

interface Forecast extends Measurement {
  readonly model: string;
  readonly stages: readonly StageEstimate[];
  readonly seconds: number;
}

async function forecastOf(file: string, { model, device, set }: Options): Promise<Forecast> {
  const recipe = loadRecipe(file, {
    set,
    ...(model === undefined ? {} : { model: existsSync(model) ? resolve(model) : model }),
  });
  const source = new ModelSource(recipe.model, recipe.precision, device ?? recipe.device);
  const measured = await measureRates(recipe, source, stderrProgress());
  const stages = estimate(recipe, measured.sizes, measured.rates);
  return { model: recipe.model, ...measured, stages, seconds: total(stages) };
}

function describe(found: Machine): string[] {
  const { cores, cpu, memoryGiB, availableGiB, node, runtime, devices, cache } = found;
  const room = cache.freeGiB === null ? "not there yet" : `${gib(cache.freeGiB)} free`;
  return [
    line("Processor", `${cores} cores, ${cpu}`),
    line("Memory", `${gib(memoryGiB)}, ${gib(availableGiB)} available`),
    line("Node", node),
    line("ONNX Runtime", runtime),
    ...Object.entries(devices).map(([device, measured]) =>
      line(
        `  ${device}`,
        "gflops" in measured
          ? `${measured.gflops.fp32.toFixed(0)} GFLOP/s in float32, ${measured.gflops.int8.toFixed(0)} in 8 bits (1024 x 1024 x 1024)`
          : `does not start: ${measured.reason}`,
      ),
    ),
    line(
      "Device",
      PRECISIONS.map((precision) => `${fastest(devices, precision)[0]} in ${precision}`).join(", "),
    ),
    line("Cache", `${cache.folder} (${room})`),
  ];
}

function describeFit({ model, parameters, precisions }: ModelFit): string[] {
  const mark = (good: boolean) => (good ? pc.green("fits") : pc.red("does not fit"));
  return [
    line("Model", `${model}: ${(parameters / 1e6).toFixed(1)} million parameters`),
    ...Object.entries(precisions).map(([precision, { samplingGiB, trainingGiB, recomputingGiB, fits }]) =>
      line(
        `  ${precision}`,
        `sampling about ${gib(samplingGiB)}: ${mark(fits.sampling)}; training about ${gib(trainingGiB)} (LoRA), ${gib(recomputingGiB)} with memory: recompute: ${mark(fits.training)}`,
      ),
    ),
  ];
}

function describeForecast({ rates, sizes, peakGiB, stages, seconds }: Forecast): string[] {
  const whole = (value: number) => value.toFixed(0);
  return [
    line(
      "Recipe",
      `about ${duration(seconds)} in all, as measured now on this model and these problems; pairs counted at their most`,
    ),
    line(
      "  speed",
      `trains ${whole(rates.train)} tokens/s, samples ${whole(rates.sample)} tokens/s; ${gib(peakGiB)}`,
    ),
    line(
      "  lengths",
      `${whole(sizes.prompt)} tokens a question, ${whole(sizes.solution)} a worked solution, ${whole(sizes.sampled)} a sampled one`,
    ),
    ...stages.map((stage) => line(`  ${stage.name}`, duration(stage.seconds))),
  ];
}

const line = (name: string, text: string) => `${name.padEnd(24)}${text}`;
const gib = (value: number) => `${value.toFixed(1)} GiB`;
