/** Benches that run other benches, each in a process of its own, so that one's memory is not another's. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";

/** What `memory` and `ablation` read of a `step`'s result. */
const StepResult = z.object({
  model: z.string(),
  precision: z.string(),
  tokens: z.number(),
  loadedGB: z.number(),
  peakRssGB: z.number(),
  processorSeconds: z.number(),
  tokensPerSecond: z.object({ median: z.number(), min: z.number(), max: z.number(), runs: z.number() }),
});
export type StepResult = z.infer<typeof StepResult>;

/**
 * Runs `bench step` with the flags given.
 * @param env variables beside this process's own
 * @throws Error with what the child wrote when it fails
 */
export async function stepInChild(
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<StepResult> {
  const [, script = ""] = process.argv;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...process.execArgv, script, "step", "--json", ...flags],
    { env: { ...process.env, ...env } },
  );
  return StepResult.parse(JSON.parse(stdout));
}
