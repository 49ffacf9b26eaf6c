import { Command } from "commander";
import { packageVersion } from "../version.js";
import { doctorCommand } from "./verbs/doctor.js";
import { dpoCommand } from "./verbs/dpo.js";
import { evalCommand } from "./verbs/eval.js";
import { exportCommand } from "./verbs/export.js";
import { mineCommand } from "./verbs/mine.js";
import { runCommand } from "./verbs/run.js";
import { sampleCommand } from "./verbs/sample.js";
import { sftCommand } from "./verbs/sft.js";
import { verifyCommand } from "./verbs/verify.js";

const VERBS = [
  runCommand,
  sftCommand,
  sampleCommand,
  verifyCommand,
  mineCommand,
  dpoCommand,
  evalCommand,
  exportCommand,
  doctorCommand,
];

/** The whole command line. Throws instead of leaving the process, so that exit codes have one home. */
export function createProgram(): Command {
  const program = new Command("nearmiss")
    .description("Post-train small language models on mathematics by learning from their near misses.")
    .version(packageVersion())
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", "\nBegin with: nearmiss run recipes/quickstart.yaml");
  for (const make of VERBS) program.addCommand(make());
  for (const command of [program, ...program.commands]) command.exitOverride().showSuggestionAfterError();
  return program;
}
