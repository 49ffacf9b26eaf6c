/**
 * `npm run bench -- programs --candidates runs/first/candidates.jsonl`: what the verifier says of the outputs that solutions
 * give for their Python programs, against Python itself. It runs programs that a model wrote, each for five seconds at the
 * most: those that import nothing but math, fractions and sympy.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { text } from "../src/cli/flags.js";
import { readJsonlAll } from "../src/data/jsonl.js";
import { Candidate, type Finding } from "../src/data/records.js";
import { NearmissError } from "../src/errors.js";
import { programsOf } from "../src/verifier/programs/blocks.js";
import { verify } from "../src/verifier/verify.js";
import type { Bench } from "./harness.js";

const Options = z.strictObject({ candidates: z.string().min(1) });

const HARMLESS = /^(?:import|from)\s+(?:math|fractions|sympy)\b/;
const IMPORT = /^\s*(?:import|from)\s.*$/gm;
const TIMEOUT_MS = 5_000;

/** How a program ends beside what the verifier says of its output. */
const OUTCOMES = ["as given", "otherwise", "fails"] as const;
type Outcome = (typeof OUTCOMES)[number];

export const programs: Bench<z.output<typeof Options>> = {
  name: "programs",
  about: "What the verifier says of programs' outputs, against Python.",
  flags: [text("--candidates <file>", "sampled solutions (candidates.jsonl)")],
  options: Options,
  async measure({ candidates }, say) {
    const counts = new Map<Outcome, { accused: number; passed: number }>(
      OUTCOMES.map((outcome) => [outcome, { accused: 0, passed: 0 }]),
    );
    let notRun = 0;
    for (const { text } of await readJsonlAll(candidates, Candidate)) {
      const [first] = programsOf(text);
      if (!first?.output || first.output.text.trim() === "") continue;
      const { code, output } = first;
      if (!(code.text.match(IMPORT) ?? []).every((line) => HARMLESS.test(line))) {
        notRun++;
        continue;
      }
      const printed = await python(code.text);
      const count = counts.get(
        printed === null ? "fails" : same(printed, output.text) ? "as given" : "otherwise",
      );
      if (count === undefined) continue;
      if (verify({ question: "", solution: text }).findings.some(isOf(output))) count.accused++;
      else count.passed++;
    }
    for (const [outcome, { accused, passed }] of counts)
      say(`${outcome}: ${accused + passed} programs, ${accused} outputs accused`);
    say(`not run, for what they import: ${notRun}`);
    return { ...Object.fromEntries(counts), notRun };
  },
};

const isOf =
  ({ start, text }: { start: number; text: string }) =>
  (finding: Finding): boolean =>
    finding.message.startsWith("says the program") &&
    finding.start >= start &&
    finding.end <= start + text.length;

/** What Python prints; null where it fails. */
async function python(code: string): Promise<string | null> {
  try {
    return (await promisify(execFile)("python3", ["-I", "-c", code], { timeout: TIMEOUT_MS })).stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new NearmissError("python3 is not there. Install Python 3, or put it on the path.");
    return null;
  }
}

/** Line by line the same, numbers as floats are. */
function same(a: string, b: string): boolean {
  const [x, y] = [a, b].map((text) => text.trim().split("\n"));
  if (x === undefined || y === undefined || x.length !== y.length) return false;
  return x.every((line, i) => {
    const other = y[i]?.trim() ?? "";
    return line.trim() === other || Math.abs(Number(line) - Number(other)) <= 1e-9 * Math.abs(Number(line));
  });
}
