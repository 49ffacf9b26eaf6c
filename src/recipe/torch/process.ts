/** A training in other processes: started, listened to, stopped with ours, its failure told by its last lines. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { NearmissError } from "../../errors.js";

const Event = z.discriminatedUnion("nearmiss", [
  z.object({
    nearmiss: z.literal("progress"),
    phase: z.enum(["reference", "train"]),
    step: z.number(),
    steps: z.number(),
    tokensPerSecond: z.number(),
    loss: z.number().optional(),
  }),
  z.object({ nearmiss: z.literal("notice"), message: z.string() }),
  z.object({ nearmiss: z.literal("error"), message: z.string() }),
  z.object({ nearmiss: z.literal("done"), figures: z.record(z.string(), z.number()) }),
]);
type Event = z.infer<typeof Event>;
export type ProgressEvent = Extract<Event, { nearmiss: "progress" }>;

export interface Launch {
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** All that it prints goes here. */
  readonly log: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ProgressEvent) => void;
  readonly onNotice: (message: string) => void;
}

/** Lines of output that an error shows. */
const SHOWN = 12;

/** What a failure says of itself, and what mends it. The first that fits counts. */
const CURES: readonly (readonly [sign: RegExp, cure: string])[] = [
  [
    /out of memory|OutOfMemoryError/i,
    "Set `memory: recompute`, lower microBatchTokens, or use more processes with FSDP.",
  ],
  [
    /No module named '?nearmiss_torch/,
    "Install it where the launcher runs: pip install 'nearmiss-torch[train]'",
  ],
  [/No module named/, "Install the module where the launcher runs."],
  [
    /Address already in use|EADDRINUSE/i,
    "Another training holds the port: give another one with --main_process_port (torchrun: --master_port).",
  ],
  [
    /NCCL error|ncclSystemError/i,
    "The GPUs' processes cannot talk to each other: run again with NCCL_DEBUG=INFO in the environment.",
  ],
];

/**
 * Runs the command to its end and returns the figures that it told.
 * @throws NearmissError with its own message, or its last lines; the signal's reason when aborted, once it has stopped
 */
export async function runTraining(launch: Launch): Promise<Readonly<Record<string, number>>> {
  const [command = "", ...rest] = launch.words;
  const { signal } = launch;
  signal.throwIfAborted();
  mkdirSync(dirname(launch.log), { recursive: true });
  const log = openSync(launch.log, "w");
  // A group of its own, so that a launcher and all its processes can be told to stop at once.
  const child = spawn(command, rest, { env: launch.env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const tell = (name: NodeJS.Signals) => kill(child.pid, name);
  const stop = () => tell("SIGTERM");
  const leave = () => tell("SIGKILL");
  signal.addEventListener("abort", stop);
  process.once("exit", leave);
  const heard = new Heard(launch);
  try {
    const closed = new Promise<string>((resolve, reject) => {
      child.once("error", (error) => reject(cannotStart(command, error)));
      child.once("close", (code, by) => resolve(by ?? String(code)));
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        writeSync(log, `${line}\n`);
        heard.line(line);
      });
    }
    const outcome = await closed;
    signal.throwIfAborted();
    if (outcome === "0" && heard.figures !== null) return heard.figures;
    throw failure(launch, outcome, heard);
  } finally {
    signal.removeEventListener("abort", stop);
    process.removeListener("exit", leave);
    closeSync(log);
  }
}

/** What a training has said so far. */
class Heard {
  figures: Readonly<Record<string, number>> | null = null;
  error: string | null = null;
  readonly last: string[] = [];
  constructor(private readonly launch: Launch) {}

  line(line: string): void {
    const event = eventOf(line);
    if (event === null) {
      this.last.push(line);
      if (this.last.length > SHOWN) this.last.shift();
    } else if (event.nearmiss === "progress") this.launch.onProgress(event);
    else if (event.nearmiss === "notice") this.launch.onNotice(event.message);
    else if (event.nearmiss === "done") this.figures = event.figures;
    // Every process may tell of the same failure.
    else this.error ??= event.message;
  }
}

function eventOf(line: string): Event | null {
  if (!line.startsWith('{"nearmiss"')) return null;
  try {
    return Event.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function failure({ words, log }: Launch, outcome: string, { error, last }: Heard): NearmissError {
  if (error !== null) return new NearmissError(error);
  const text = last.join("\n");
  const cure = CURES.find(([sign]) => sign.test(text))?.[1];
  const ended =
    outcome === "SIGKILL" ? "was killed, most likely because memory ran out" : `failed (${outcome})`;
  const lines = last.map((line) => `  ${line}`).join("\n");
  return new NearmissError(
    `The training ${ended}: ${words.slice(0, 6).join(" ")} ...\n${lines}\n${cure === undefined ? "" : `${cure}\n`}Its whole output is in ${log}. The same run goes on from its last checkpoint.`,
  );
}

function cannotStart(command: string, error: NodeJS.ErrnoException): NearmissError {
  const reason = error.code === "ENOENT" ? "there is no such command" : error.message;
  return new NearmissError(
    `Cannot start ${command}: ${reason}. Check train.launch, and name the Python that has it in train.python.`,
    { cause: error },
  );
}

function kill(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, name);
  } catch {
    // It has ended already.
  }
}
