/**
 * `npm run bench -- scale --candidates 1000000 [--verbs verify,mine] [--heap 512]`: what `verify` and `mine` take of memory and
 * time on a file of any size, each in a process of its own, as a user would run it (`npm run build` first). Problems and
 * candidates are invented and kept, so that one verb at a time can be measured.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { z } from "zod";
import { number, text } from "../src/cli/flags.js";
import { writeJsonl } from "../src/data/jsonl.js";
import { NearmissError } from "../src/errors.js";
import type { Bench } from "./harness.js";
import { manyCandidates, manyProblems } from "./many.js";
import { round } from "./measure.js";

const Options = z.strictObject({
  candidates: z.int().min(4).default(100_000),
  verbs: z
    .string()
    .default("verify,mine")
    .transform((names) => names.split(","))
    .pipe(z.array(z.enum(["verify", "mine"]))),
  workers: z.int().min(1).default(2),
  heap: z.int().min(64).default(512),
  folder: z.string().min(1).default("runs/scale"),
});
type Options = z.output<typeof Options>;

const COMMAND = "dist/cli/main.js";
const LOOK_MILLISECONDS = 500;
/** Of a problem. */
const SAMPLES = 4;

export const scale: Bench<Options> = {
  name: "scale",
  about: "Memory and speed of verify and mine on a file of any size.",
  flags: [
    number("--candidates <n>", "solutions, four a problem"),
    text("--verbs <names>", "which to run; mine needs the verdicts of verify"),
    number("--workers <n>", "threads"),
    number("--heap <MB>", "most that V8 may have: --max-old-space-size"),
    text("--folder <folder>", "where the files are made and kept"),
  ],
  options: Options,
  async measure({ candidates, verbs, workers, heap, folder }, say) {
    if (!existsSync(COMMAND))
      throw new NearmissError(`There is no ${COMMAND}. Build it first: npm run build.`);
    const file = (name: string) => join(folder, `${candidates}`, name);
    const problems = Math.ceil(candidates / SAMPLES);
    if (!existsSync(file("c.jsonl"))) {
      await writeJsonl(file("p.jsonl"), manyProblems(problems));
      await writeJsonl(file("c.jsonl"), manyCandidates(problems, SAMPLES));
    }
    const inputs = ["--problems", file("p.jsonl")];
    const words = {
      verify: [...inputs, "--in", file("c.jsonl"), "--out", file("v.jsonl")],
      mine: [
        ...[...inputs, "--candidates", file("c.jsonl"), "--verdicts", file("v.jsonl")],
        ...["--out", file("pairs.jsonl"), "--random", file("random.jsonl"), "--report", file("report.json")],
      ],
    };
    const rows = problems * SAMPLES;
    const table = new Table({
      head: ["", "rows", "rows/s", "most memory, MB", "at a quarter, half, three quarters"],
      style: { head: [], border: [] },
    });
    const runs = [];
    for (const verb of verbs) {
      const { seconds, peakMB, quartersMB } = await watched([
        ...[`--max-old-space-size=${heap}`, COMMAND, verb],
        ...[...words[verb], "--workers", `${workers}`],
      ]);
      const perSecond = Math.round(rows / seconds);
      runs.push({ verb, rows, seconds: round(seconds), perSecond, peakMB, quartersMB });
      // At once: the next may fail after half an hour.
      say(`${verb}: ${rows} rows, ${perSecond} a second, ${peakMB} MB at most`);
      table.push([verb, rows, perSecond, peakMB, quartersMB.join(", ")]);
    }
    say(table.toString());
    return { workers, heapMB: heap, runs };
  },
};

/** Runs Node with these arguments to its end and watches its resident memory. */
async function watched(args: readonly string[]) {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said = (said + part).slice(-2000);
  });
  const resident: number[] = [];
  let peak = 0;
  const clock = setInterval(() => {
    const status = memoryOf(child.pid);
    if (status === null) return;
    resident.push(status.now);
    peak = status.peak;
  }, LOOK_MILLISECONDS);
  const [code, signal] = await once(child, "close");
  clearInterval(clock);
  if (code !== 0) throw new NearmissError(`${args.join(" ")} ended with ${signal ?? code}:\n${said}`);
  const quartersMB = [0.25, 0.5, 0.75].map((share) => resident[Math.floor(share * resident.length)] ?? peak);
  return { seconds: (performance.now() - begun) / 1000, peakMB: peak, quartersMB };
}

/** Resident memory in MB (1e6 bytes), and the most so far, as Linux counts it; null once the process is gone. */
function memoryOf(pid: number | undefined): { now: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const megabytes = (name: string) => {
      const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status) ?? [];
      return kilobytes === undefined ? null : Math.round((Number(kilobytes) * 1024) / 1e6);
    };
    const [now, peak] = [megabytes("VmRSS"), megabytes("VmHWM")];
    return now === null || peak === null ? null : { now, peak };
  } catch {
    return null;
  }
}
