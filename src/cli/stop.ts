/** Ctrl-C and SIGTERM: the first asks the work to stop, and waits a little; the second does not wait. */
import { report, Stopped } from "./failure.js";

/** Every file is written so that it survives a kill, hence no need to wait for a long computation to end. */
const GRACE_MILLISECONDS = 5000;

/**
 * Runs `work` with a signal that is aborted by Ctrl-C. When it was, the outcome is a {@link Stopped} error with
 * `advice`, whatever the work makes of the signal.
 */
export async function stoppable<T>(advice: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const leave = () => process.exit(report(new Stopped(advice)));
  const onSignal = () => {
    if (controller.signal.aborted) leave();
    controller.abort(new Stopped(advice));
    setTimeout(leave, GRACE_MILLISECONDS).unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new Stopped(advice) : error;
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}

/** Waits for Ctrl-C or SIGTERM: the regular end of what runs until then. */
export function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
