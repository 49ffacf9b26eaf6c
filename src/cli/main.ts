#!/usr/bin/env node
import { report } from "./failure.js";
/** `nearmiss VERB`: each verb is a file in `verbs/`; errors and exit codes are in `failure.ts`. */
import { runProgram } from "./program.js";

// `nearmiss verify --out - | head` ends quietly when head has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : report(error));
});
process.on("uncaughtException", (error) => process.exit(report(error)));

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
