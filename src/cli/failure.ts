/** The one place where an error becomes text and an exit code. */
import { CommanderError } from "commander";
import pc from "picocolors";
import { fileError } from "../data/folder.js";
import { NearmissError } from "../errors.js";

/** Exit codes: 0 done, 1 failed, 2 bad usage or a bad recipe, 130 stopped by Ctrl-C. */
export function report(error: unknown): number {
  // Commander has printed its own message already; help and version are no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Stopped) {
    say(error.message);
    return 130;
  }
  const known = fileError(error, pathOf(error), "use");
  if (known instanceof NearmissError) {
    say(`${pc.red("error:")} ${known.message}`);
    return known.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`${pc.red("This is a defect of Nearmiss, not of your input:")}\n${stack}`);
  say("Please report it with the lines above and the command that led to it.");
  return 1;
}

/** Stopped from outside; the message says how to go on. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** A file system error that nothing nearer has explained names its own path, as a rule. */
function pathOf(error: unknown): string {
  const path = error instanceof Error && "path" in error ? error.path : undefined;
  return typeof path === "string" ? path : "a file";
}

const say = (text: string) => void process.stderr.write(`${text}\n`);
