/**
 * Fuzzes the verifier with hostile text. For every case: nothing throws, the same input gives the same output twice, and
 * processor time stays under a straight line in the length of the text. Prints what it did; exit code 1 after a failure,
 * with the seed and number that repeat it and the smallest input found that still fails.
 *
 *     npm run fuzz:verifier -- --seconds 60 [--seed 1] [--case N]
 */
import { parseArgs } from "node:util";
import { random } from "../src/random.js";
import { extractAnswer, sameAnswer, verify } from "../src/verifier/index.js";
import { answer, GENERATORS, question } from "./fuzz/hostile.js";

/** The texts of one case and the generator that made its solution. */
interface Case {
  readonly kind: string;
  /** Question, solution, reference, another solution, then short answers. */
  readonly texts: readonly string[];
}

type Failure = "threw" | "two outputs" | "slow";

/** Processor milliseconds that a case may take: 1 MB in a second, and a start for the first compilation of a path. */
const ALLOWED = { start: 100, perCharacter: 1 / 1000 };
/** One case in so many is as long as a megabyte: it costs as much as hundreds of others. */
const LARGE_EVERY = 2_000;
const MEGABYTE = 1_000_000;
/** One case in so many is judged twice, to compare. */
const TWICE_EVERY = 4;
/** Short answers of a case, each compared with the one before: they cost little and reach most of the reader. */
const ANSWERS = 12;

function makeCase(seed: number, index: number): Case {
  const r = random(seed, "fuzz", index);
  const kind = r.pick(Object.keys(GENERATORS));
  const make = GENERATORS[kind] ?? answer;
  const large = index % LARGE_EVERY === LARGE_EVERY - 1;
  let text = make(r, large ? 100 : 1);
  if (large) text = text.repeat(Math.ceil(MEGABYTE / Math.max(1, text.length))).slice(0, MEGABYTE);
  const answers = Array.from({ length: ANSWERS }, () => answer(r, 1));
  return {
    kind: large ? `${kind}, 1 MB` : kind,
    texts: [question(r, 1), text, answer(r, 1), make(r, 1), ...answers],
  };
}

/** Everything that the package offers for text, on the texts of a case. */
function exercise([
  asked = "",
  solution = "",
  reference = "",
  other = "",
  ...answers
]: readonly string[]): unknown {
  return [
    verify({ question: asked, solution }),
    verify({ question: reference, solution: other, reference, referenceSolution: solution }),
    sameAnswer(solution, reference),
    extractAnswer(other),
    answers.map((text, i) => sameAnswer(text, answers[i - 1] ?? other)),
  ];
}

/** Milliseconds of processor time so far: on a busy machine the clock runs on while others compute. */
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Outcome {
  readonly failure: Failure | null;
  readonly detail: string;
  readonly ms: number;
}

function examine(texts: readonly string[], twice: boolean, clock: () => number): Outcome {
  const start = clock();
  try {
    const first = JSON.stringify(exercise(texts));
    const ms = clock() - start;
    if (twice && JSON.stringify(exercise(texts)) !== first)
      return { failure: "two outputs", detail: first, ms };
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    const allowed = ALLOWED.start + length * ALLOWED.perCharacter;
    return { failure: ms > allowed ? "slow" : null, detail: `${ms.toFixed(0)} ms`, ms };
  } catch (error) {
    return {
      failure: "threw",
      detail: String(error instanceof Error ? error.stack : error),
      ms: clock() - start,
    };
  }
}

/** The clock is cheap to ask and never too fast; what is slow by it is measured again by processor time, three times. */
function failureOf(texts: readonly string[], twice = true): Outcome {
  let result = examine(texts, twice, () => performance.now());
  for (let again = 0; again < 3 && result.failure === "slow"; again++)
    result = examine(texts, false, processor);
  return result;
}

/** Inputs that are tried to make a failure smaller: a slow one takes its time each time. */
const MAX_TRIES = 150;

/** Cuts pieces out of the texts, half of a text first, as long as the same failure stays. */
function shrink(texts: readonly string[], failure: Failure): readonly string[] {
  let best = [...texts];
  let tries = 0;
  for (let which = 0; which < best.length; which++) {
    for (let size = best[which]?.length ?? 0; size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < (best[which]?.length ?? 0) && tries < MAX_TRIES; tries++) {
        const text = best[which] ?? "";
        const tried = best.with(which, text.slice(0, at) + text.slice(at + size));
        if (failureOf(tried).failure === failure) best = tried;
        else at += size;
      }
    }
  }
  return best;
}

function report(seed: number, index: number, { kind, texts }: Case, failure: Failure, detail: string): void {
  console.log(`FAILED (${failure}): ${kind}; repeat with --seed ${seed} --case ${index}`);
  console.log(detail.slice(0, 1_000));
  const small = shrink(texts, failure).map(
    (text) => `${JSON.stringify(text.slice(0, 400))} (${text.length})`,
  );
  console.log(`smallest [question, solution, reference, other]:\n  ${small.join("\n  ")}`);
}

function main(): void {
  const { values } = parseArgs({
    options: { seconds: { type: "string" }, seed: { type: "string" }, case: { type: "string" } },
  });
  const seed = Number(values.seed ?? 1);
  const only = values.case === undefined ? null : Number(values.case);
  const until = performance.now() + 1000 * Number(values.seconds ?? 60);
  const slowest = new Map<string, { ms: number; index: number }>();
  let failures = 0;
  let strings = 0;
  let index = only ?? 0;
  const started = processor();
  for (; failures < 5 && (only === null ? performance.now() < until : index === only); index++) {
    const made = makeCase(seed, index);
    const { failure, detail, ms } = failureOf(made.texts, index % TWICE_EVERY === 0 || only !== null);
    strings += made.texts.length;
    if (ms > (slowest.get(made.kind)?.ms ?? 0)) slowest.set(made.kind, { ms, index });
    if (failure === null) continue;
    failures++;
    report(seed, index, made, failure, detail);
  }
  const seconds = (processor() - started) / 1000;
  const rate = Math.round(strings / seconds);
  console.log(
    `seed ${seed}: ${strings} strings in ${index - (only ?? 0)} cases, ${rate} a second of processor time`,
  );
  const ranked = [...slowest].sort((a, b) => b[1].ms - a[1].ms).slice(0, 5);
  for (const [kind, { ms, index: at }] of ranked)
    console.log(`  slowest: ${ms.toFixed(1)} ms, ${kind} (--case ${at})`);
  console.log(`  peak memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  console.log(failures === 0 ? "no failure" : `${failures} failures`);
  process.exitCode = failures === 0 ? 0 : 1;
}

main();
