#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=17179869184 node
/**
 * `nearmiss VERB`: each verb is a file in `verbs/`; errors and exit codes are in `failure.ts`.
 *
 * The settings above have glibc keep the memory of large arrays for the next ones. Fresh pages from the kernel for each
 * would cost training a third of its time (docs/performance.md); where there is no glibc they mean nothing.
 */
import { report } from "./failure.js";
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
