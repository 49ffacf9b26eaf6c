/**
 * `npm run bench -- profile --model FOLDER [--pairs pairs.jsonl] [--work train|decode] [--precision int8] [--in-flight 16]
 * [--count 4]`: where the time of a training step (of `count` pairs) or of decoding goes, by ONNX Runtime's own clock,
 * operator by operator. The clock costs time itself: read shares here, and speeds from `train` and `sample`.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import ort from "onnxruntime-node";
import { z } from "zod";
import { number, text } from "../src/cli/flags.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import type { Bench } from "./harness.js";
import { round } from "./measure.js";
import { type BenchModel, benchModel, MODEL, PAIRS, PRECISE, readPairs, rowOf } from "./model.js";

const Event = z.object({
  cat: z.string(),
  name: z.string(),
  dur: z.number(),
  args: z.looseObject({ op_name: z.string().optional() }).optional(),
});

interface Work {
  /** Runs once untimed, to compile, and once under the clock. */
  run(): Promise<unknown>;
  release(): Promise<void>;
}

const WORK = { train: trainingStep, decode: decoding };

const Options = z.strictObject({
  ...MODEL.options,
  ...PRECISE.options,
  ...PAIRS.options,
  work: z.enum(["train", "decode"]).default("train"),
  count: z.int().min(1).default(4),
  inFlight: z.int().min(1).default(16),
  tokens: z.int().min(1).default(32),
});
type Options = z.output<typeof Options>;

export const profile: Bench<Options> = {
  name: "profile",
  about: "Where the time of a training step or of decoding goes, operator by operator.",
  flags: [
    ...MODEL.flags,
    ...PRECISE.flags,
    ...PAIRS.flags,
    text("--work <what>", "train or decode"),
    number("--count <n>", "pairs of the training step"),
    number("--in-flight <n>", "samples decoded at once"),
    number("--tokens <n>", "tokens decoded of each"),
  ],
  options: Options,
  async measure(options, say) {
    const make = WORK[options.work];
    const folder = mkdtempSync(join(tmpdir(), "nearmiss-profile-"));
    const model = await benchModel(options);
    const plain = await make(model, options);
    await plain.run();
    const seconds = await timed(plain);
    await plain.release();

    const clocked = underClock(folder);
    const work = await make(model, options);
    await work.run();
    const warm = await clocked.totals();
    rmSync(folder, { recursive: true });
    await work.release();
    const table = new Table({ head: ["operator", "ms", "share", "runs"], style: { head: [], border: [] } });
    const sum = [...warm.values()].reduce((all, { ms }) => all + ms, 0);
    const rows = [...warm].sort(([, a], [, b]) => b.ms - a.ms);
    for (const [op, { ms, runs }] of rows) table.push([op, round(ms), `${round((100 * ms) / sum)} %`, runs]);
    say(table.toString());
    const outside = 1 - sum / 1000 / seconds;
    say(
      `${round(seconds, 2)} s without the clock; ${round(sum / 1000, 2)} s in operators with it (${round(100 * outside)} % elsewhere)`,
    );
    return {
      work: options.work,
      model: model.name,
      precision: model.precision,
      seconds: round(seconds, 2),
      operators: Object.fromEntries(rows.map(([op, { ms }]) => [op, round(ms)])),
    };
  },
};

async function timed(work: Work): Promise<number> {
  const start = performance.now();
  await work.run();
  return (performance.now() - start) / 1000;
}

/** Every session made from now on writes what each of its operators took, into `folder`. */
function underClock(folder: string) {
  const { InferenceSession } = ort;
  const create = InferenceSession.create.bind(InferenceSession);
  const sessions: ort.InferenceSession[] = [];
  const spied = async (model: Uint8Array, given: ort.InferenceSession.SessionOptions) => {
    const prefix = join(folder, `session${sessions.length}`);
    const session = await create(model, { ...given, enableProfiling: true, profileFilePrefix: prefix });
    sessions.push(session);
    return session;
  };
  Object.assign(InferenceSession, { create: spied });
  return {
    async totals(): Promise<Map<string, { ms: number; runs: number }>> {
      for (const session of sessions) session.endProfiling();
      const totals = new Map<string, { ms: number; runs: number }>();
      for (const file of readdirSync(folder)) {
        const events = z.array(z.unknown()).parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
        for (const raw of events) {
          const { success, data } = Event.safeParse(raw);
          if (!success || data.cat !== "Node" || !data.name.endsWith("_kernel_time")) continue;
          const op = data.args?.op_name ?? data.name;
          const total = totals.get(op) ?? { ms: 0, runs: 0 };
          totals.set(op, { ms: total.ms + data.dur / 1000, runs: total.runs + 1 });
        }
      }
      return totals;
    },
  };
}

async function trainingStep(
  { config, weights, tokenizer }: BenchModel,
  { pairs, count }: Options,
): Promise<Work> {
  const lora = { rank: 16, alpha: 32 };
  const stream = random(1, "adapter");
  const adapter = freshAdapter(config, lora, () => stream.next());
  const model = new Decoder(config, weights, { train: "lora", lora, adapter });
  const rows = (await readPairs(pairs)).slice(0, count).map((pair) => rowOf(tokenizer, pair));
  return {
    run: () => model.backward(rows, (logps) => logps.map((row) => row.map(() => 1))),
    release: () => model.release(),
  };
}

async function decoding(
  { config, weights, tokenizer }: BenchModel,
  { pairs, inFlight, tokens }: Options,
): Promise<Work> {
  const decoder = new Decoder(config, weights, { train: "none" });
  const model = new CachedDecoder(decoder);
  const rows = await readPairs(pairs);
  const prompts = [...new Set(rows.map(({ prompt }) => prompt))].slice(0, Math.ceil(inFlight / 4));
  const settings = {
    temperature: 0.8,
    topK: 50,
    topP: 0.95,
    inFlight,
    maxTokens: tokens,
  };
  return {
    async run() {
      const requests = prompts.map((text, p) => ({
        prompt: tokenizer.encode(text),
        streams: [0, 1, 2, 3].map((i) => random(7, p, i)),
      }));
      for await (const _ of generate(model, requests, { ...settings, stopIds: [] }));
    },
    release: () => decoder.release(),
  };
}
