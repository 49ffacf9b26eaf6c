import pc from "picocolors";
import { z } from "zod";
import { fitOf, type ModelFit } from "../doctor/fit.js";
import { type Machine, machine } from "../doctor/machine.js";
import { JSON_OUT, MODEL } from "../flags.js";
import { printJson, printText } from "../io.js";
import { commandOf } from "../verb.js";

const Options = z.strictObject({
  model: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

export const doctorCommand = () =>
  commandOf({
    name: "doctor",
    about:
      "Say what this machine can do: cores, memory, ONNX Runtime and its speed, cache, does a model fit.",
    flags: [MODEL, JSON_OUT],
    options: Options,
    examples: ["nearmiss doctor --model ./model"],
    async run({ model, json }) {
      const found = await machine();
      const fit = model === undefined ? null : await fitOf(model, found.availableGiB);
      if (json) printJson({ ...found, model: fit });
      else printText([...describe(found), ...(fit === null ? [] : describeFit(fit))].join("\n"));
    },
  });

function describe(found: Machine): string[] {
  const { cores, cpu, memoryGiB, availableGiB, node, runtime, providers, gigaflops, cache } = found;
  const room = cache.freeGiB === null ? "not there yet" : `${gib(cache.freeGiB)} free`;
  return [
    line("Processor", `${cores} cores, ${cpu}`),
    line("Memory", `${gib(memoryGiB)}, ${gib(availableGiB)} available`),
    line("Node", node),
    line("ONNX Runtime", `${runtime}; ${providers.join(", ")}`),
    line("Matmul", `${gigaflops.toFixed(0)} GFLOP/s in float32 (1024 x 1024 x 1024)`),
    line("Cache", `${cache.folder} (${room})`),
  ];
}

function describeFit(fit: ModelFit): string[] {
  const { model, parameters, weightsGiB, samplingGiB, trainingGiB, recomputingGiB, fits } = fit;
  const mark = (good: boolean) => (good ? pc.green("fits") : pc.red("does not fit"));
  return [
    line(
      "Model",
      `${model}: ${(parameters / 1e6).toFixed(1)} million parameters, ${gib(weightsGiB)} in float32`,
    ),
    line("Sampling", `about ${gib(samplingGiB)}: ${mark(fits.sampling)}`),
    line(
      "Training",
      `about ${gib(trainingGiB)} (LoRA), ${gib(recomputingGiB)} with memory: recompute: ${mark(fits.training)}`,
    ),
  ];
}

const line = (name: string, text: string) => `${name.padEnd(14)}${text}`;
const gib = (value: number) => `${value.toFixed(1)} GiB`;
