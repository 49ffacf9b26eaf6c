/**
 * `npm run bench -- mutations [--data FILE] [--skip N] [--count N]`: what the verifier says of published solutions with
 * one error put in. For each kind of error: how often it accuses a step at all, names the dimension that was broken, and
 * names the step; without a reference and with the unbroken solution as one; for all kinds together, and for the
 * unbroken solutions.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import { number, text } from "../src/cli/flags.js";
import { readProblems } from "../src/data/readers/index.js";
import { perturbations } from "../src/mining/perturb/index.js";
import { PERTURBATION_KINDS } from "../src/mining/perturb/kinds.js";
import { random } from "../src/random.js";
import { ERROR_SEVERITY } from "../src/verifier/checks/check.js";
import { verify } from "../src/verifier/index.js";
import type { Bench } from "./harness.js";

interface Tally {
  solutions: number;
  accused: number;
  dimension: number;
  step: number;
}

const Options = z.strictObject({
  data: z.string().min(1).default("../shared/data/gsm8k/train.jsonl"),
  skip: z.int().min(0).default(0),
  count: z.int().min(1).default(300),
});
type Options = z.output<typeof Options>;

/** At most one mutant of each kind from each of `count` problems behind the first `skip` of a fixed shuffle. */
export const mutations: Bench<Options> = {
  name: "mutations",
  about: "What the verifier says of published solutions with one error put in.",
  flags: [
    text("--data <file>", "GSM8K's training problems, as published"),
    number("--skip <n>", "problems to leave out first, of a fixed shuffle"),
    number("--count <n>", "problems to take after them"),
  ],
  options: Options,
  async measure({ data, skip, count }, say) {
    if (!existsSync(data)) {
      say(`${data} is not there; nothing measured`);
      return { skipped: true };
    }
    const all = await readProblems({ reader: "gsm8k", path: data, shuffle: 1 });
    const problems = all.slice(skip, skip + count);
    const free: Record<string, Tally> = {};
    const guided: Record<string, Tally> = {};
    for (const { id, question, solution = "" } of problems) {
      const stream = random(1, "mutations", id);
      for (const kind of PERTURBATION_KINDS) {
        const [mutant] = stream.shuffle(perturbations(question, solution, [kind]));
        if (mutant === undefined) continue;
        const { text, dimension, firstErrorStep } = mutant;
        const broken = { dimension, step: firstErrorStep };
        note(free, kind, verify({ question, solution: text }), broken);
        note(guided, kind, verify({ question, solution: text, referenceSolution: solution }), broken);
      }
      note(free, "unbroken", verify({ question, solution }), null);
      note(guided, "unbroken", verify({ question, solution, referenceSolution: solution }), null);
    }
    for (const [name, tallies] of Object.entries({ free, guided })) {
      tallies.all = total(
        Object.entries(tallies).flatMap(([kind, tally]) => (kind === "unbroken" ? [] : [tally])),
      );
      for (const [kind, { solutions, accused, dimension, step }] of Object.entries(tallies))
        say(
          `${name.padEnd(7)} ${kind.padEnd(17)} ${solutions} solutions: accused ${accused}, dimension ${dimension}, step ${step}`,
        );
    }
    return { skip, problems: problems.length, free, guided };
  },
};

function total(tallies: readonly Tally[]): Tally {
  const sum = (count: (tally: Tally) => number) => tallies.reduce((left, tally) => left + count(tally), 0);
  return {
    solutions: sum((t) => t.solutions),
    accused: sum((t) => t.accused),
    dimension: sum((t) => t.dimension),
    step: sum((t) => t.step),
  };
}

function note(
  tallies: Record<string, Tally>,
  kind: string,
  judgement: ReturnType<typeof verify>,
  broken: { dimension: string; step: number } | null,
): void {
  tallies[kind] ??= { solutions: 0, accused: 0, dimension: 0, step: 0 };
  const tally = tallies[kind];
  tally.solutions++;
  if (judgement.firstErrorStep !== null) tally.accused++;
  if (broken === null) return;
  if (judgement.findings.some((f) => f.dimension === broken.dimension && f.severity >= ERROR_SEVERITY))
    tally.dimension++;
  if (judgement.firstErrorStep === broken.step) tally.step++;
}
