import { Command } from "commander";
import { packageVersion } from "../version.js";

/** Commands by name, each loaded only when it is asked for: `verify` need not wait for the engine. */
export type Verbs = Readonly<Record<string, () => Promise<Command>>>;

const VERBS: Verbs = {
  run: async () => (await import("./verbs/run.js")).runCommand(),
  sft: async () => (await import("./verbs/sft.js")).sftCommand(),
  sample: async () => (await import("./verbs/sample.js")).sampleCommand(),
  verify: async () => (await import("./verbs/verify.js")).verifyCommand(),
  serve: async () => (await import("./verbs/serve.js")).serveCommand(),
  mine: async () => (await import("./verbs/mine.js")).mineCommand(),
  merge: async () => (await import("./verbs/merge.js")).mergeCommand(),
  dpo: async () => (await import("./verbs/dpo.js")).dpoCommand(),
  eval: async () => (await import("./verbs/eval.js")).evalCommand(),
  studio: async () => (await import("./verbs/studio.js")).studioCommand(),
  report: async () => (await import("./verbs/report.js")).reportCommand(),
  export: async () => (await import("./verbs/export.js")).exportCommand(),
  completion: async () => (await import("./verbs/completion.js")).completionCommand(everyVerb),
  doctor: async () => (await import("./verbs/doctor.js")).doctorCommand(),
};

const everyVerb = () => Promise.all(Object.values(VERBS).map((load) => load()));

/** Runs the command line on its arguments (without `node` and the script). */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = new Command("nearmiss")
    .description("Post-train small language models on mathematics by learning from their near misses.")
    .version(packageVersion())
    .addHelpText("after", "\nBegin with: nearmiss run recipes/quickstart.yaml");
  await parseLazily(program, VERBS, args);
}

/**
 * Parses arguments with the one command that they name, or with all of them for help and mistakes. Throws instead of
 * leaving the process, so that exit codes have one home.
 */
export async function parseLazily(program: Command, verbs: Verbs, args: readonly string[]): Promise<void> {
  const asked = verbs[args[0] ?? ""];
  for (const load of asked === undefined ? Object.values(verbs) : [asked]) program.addCommand(await load());
  for (const command of [program, ...program.commands]) command.exitOverride().showSuggestionAfterError();
  await program.parseAsync(args, { from: "user" });
}
