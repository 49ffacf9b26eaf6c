import { Command } from "commander";
import pc from "picocolors";
import { fitOf, type ModelFit } from "../doctor/fit.js";
import { type Machine, machine } from "../doctor/machine.js";
import { jsonFlag, modelFlag, withExample } from "../flags.js";
import { printJson, printText } from "../io.js";

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description(
      "Say what this machine can do: cores, memory, ONNX Runtime and its speed, cache, does a model fit.",
    )
    .addOption(modelFlag())
    .addOption(jsonFlag())
    .action(async ({ model, json }: { model?: string; json?: boolean }) => {
      const found = await machine();
      const fit = model === undefined ? null : await fitOf(model, found.availableGiB);
      if (json) printJson({ ...found, model: fit });
      else printText([...describe(found), ...(fit === null ? [] : describeFit(fit))].join("\n"));
    });
  return withExample(command, "nearmiss doctor --model ./model");
}

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

function describeFit({ model, parameters, weightsGiB, samplingGiB, trainingGiB, fits }: ModelFit): string[] {
  const mark = (good: boolean) => (good ? pc.green("fits") : pc.red("does not fit"));
  return [
    line(
      "Model",
      `${model}: ${(parameters / 1e6).toFixed(1)} million parameters, ${gib(weightsGiB)} in float32`,
    ),
    line("Sampling", `about ${gib(samplingGiB)}: ${mark(fits.sampling)}`),
    line("Training", `about ${gib(trainingGiB)} (LoRA): ${mark(fits.training)}`),
  ];
}

const line = (name: string, text: string) => `${name.padEnd(14)}${text}`;
const gib = (value: number) => `${value.toFixed(1)} GiB`;
