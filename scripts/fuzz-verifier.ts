/**
 * Fuzzes the verifier with hostile text. For every case: nothing throws, the properties of `scripts/fuzz/properties.ts`
 * hold, and the processor time of every call stays under a straight line in the length of the texts. Prints what it
 * did; exit code 1 after a failure, with the seed and number that repeat it and the smallest input found that still
 * fails. The npm script holds the heap to 96 MB, so that a case that needs more ends the run.
 *
 *     npm run fuzz:verifier -- --seconds 60 [--seed 1] [--case N]
 */
import { parseArgs } from "node:util";
import { random } from "../src/random.js";
import { GENERATORS, texts } from "./fuzz/hostile.js";
import { CALLS, PROPERTIES, type Texts } from "./fuzz/properties.js";
import { shrink } from "./fuzz/shrink.js";

/** Processor milliseconds that a call may take: 1 MB in a second, and a start for the first compilation of a path. */
const ALLOWED = { start: 100, perCharacter: 1 / 1000 };
/** Megabytes that the process may hold at most, of which some 90 are Node with the compiler for TypeScript. */
const MAX_MEMORY = 200;
/** One case in so many is as long as a megabyte: it costs as much as hundreds of others. */
const LARGE_EVERY = 2_000;
/** Failures after which it stops. */
const MAX_FAILURES = 5;

interface Case {
  readonly kind: string;
  readonly large: boolean;
  readonly texts: Texts;
}

function makeCase(seed: number, index: number): Case {
  const r = random(seed, "fuzz", index);
  const kind = r.pick(Object.keys(GENERATORS));
  const large = index % LARGE_EVERY === LARGE_EVERY - 1;
  return { kind, large, texts: texts(r, kind, large) };
}

const sizeOf = ({ question, solution, reference, answers }: Texts): number =>
  [question, solution, reference, ...answers].reduce((sum, text) => sum + text.length, 0);

/** Milliseconds of processor time so far: on a busy machine the clock runs on while others compute. */
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Failure {
  readonly what: string;
  readonly detail: string;
}

/** What fails, and the milliseconds of the slowest call. */
function examine(made: Texts): { failure: Failure | null; ms: number } {
  const allowed = ALLOWED.start + sizeOf(made) * ALLOWED.perCharacter;
  let slowest = 0;
  try {
    for (const [what, call] of Object.entries(CALLS)) {
      // The clock is cheap to ask and never too fast; what is slow by it is measured by processor time, three times.
      let ms = timed(call, made, () => performance.now());
      for (let again = 0; again < 3 && ms > allowed; again++) ms = timed(call, made, processor);
      slowest = Math.max(slowest, ms);
      if (ms > allowed) return { failure: { what: `slow ${what}`, detail: `${ms.toFixed(0)} ms` }, ms };
    }
    for (const [what, check] of Object.entries(PROPERTIES)) {
      const detail = check(made);
      if (detail !== null) return { failure: { what, detail }, ms: slowest };
    }
    return { failure: null, ms: slowest };
  } catch (error) {
    const detail = String(error instanceof Error ? error.stack : error);
    return { failure: { what: "threw", detail }, ms: slowest };
  }
}

function timed(call: (made: Texts) => unknown, made: Texts, clock: () => number): number {
  const start = clock();
  call(made);
  return clock() - start;
}

function report(seed: number, index: number, made: Case, { what, detail }: Failure): void {
  console.log(`FAILED (${what}): ${made.kind}; repeat with --seed ${seed} --case ${index}`);
  console.log(detail.slice(0, 1_000));
  const small = shrink(made.texts, (tried) => examine(tried).failure?.what === what);
  console.log(`smallest: ${JSON.stringify(small).slice(0, 4_000)}`);
}

function main(): void {
  const { values } = parseArgs({
    options: { seconds: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
  });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  console.log(`seed ${seed}`);
  const first = Number(values.case ?? 0);
  const until = performance.now() + 1000 * Number(values.seconds ?? 60);
  const slowest = new Map<string, { ms: number; index: number }>();
  const started = processor();
  let failures = 0;
  let strings = 0;
  let index = first;
  do {
    const made = makeCase(seed, index);
    const { failure, ms } = examine(made.texts);
    strings += 3 + made.texts.answers.length;
    const kind = `${made.kind}${made.large ? ", 1 MB" : ""}`;
    if (ms > (slowest.get(kind)?.ms ?? 0)) slowest.set(kind, { ms, index });
    if (failure !== null) {
      failures++;
      report(seed, index, made, failure);
    }
    index++;
  } while (values.case === undefined && failures < MAX_FAILURES && performance.now() < until);
  const rate = Math.round((1000 * strings) / (processor() - started));
  console.log(`${strings} strings in ${index - first} cases, ${rate} a second of processor time`);
  const ranked = [...slowest].sort((a, b) => b[1].ms - a[1].ms).slice(0, 5);
  for (const [kind, { ms, index: at }] of ranked)
    console.log(`  slowest: ${ms.toFixed(1)} ms, ${kind} (--case ${at})`);
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`  peak memory of the process: ${memory} MB`);
  if (memory > MAX_MEMORY) failures++;
  console.log(failures === 0 ? "no failure" : `${failures} failures`);
  process.exitCode = failures === 0 ? 0 : 1;
}

main();
