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
import { readJsonlAll } from "../src/data/jsonl.js";
import { CachedDecoder } from "../src/model/cache.js";
import { Decoder, freshAdapter } from "../src/model/decoder.js";
import { random } from "../src/random.js";
import { generate } from "../src/sampling/generate.js";
import { type BenchModel, benchModel, machine, round } from "./measure.js";
import { BenchPair } from "./pairs.js";

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

const WORK: Record<string, (model: BenchModel, options: Readonly<Record<string, string>>) => Promise<Work>> =
  {
    train: trainingStep,
    decode: decoding,
  };

export async function run(options: Readonly<Record<string, string>>): Promise<object> {
  const { work: name = "train" } = options;
  const make = WORK[name];
  if (make === undefined) throw new Error(`--work is one of ${Object.keys(WORK).join(", ")}`);
  const measured = await machine();
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
  console.log(table.toString());
  const outside = 1 - sum / 1000 / seconds;
  console.log(
    `${round(seconds, 2)} s without the clock; ${round(sum / 1000, 2)} s in operators with it (${round(100 * outside)} % elsewhere)`,
  );
  return {
    bench: "profile",
    work: name,
    model: model.folder.split("/").pop(),
    precision: model.precision,
    seconds: round(seconds, 2),
    operators: Object.fromEntries(rows.map(([op, { ms }]) => [op, round(ms)])),
    machine: measured,
  };
}

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
  { pairs = "runs/bench/pairs.jsonl", count = "4" }: Readonly<Record<string, string>>,
): Promise<Work> {
  const lora = { rank: 16, alpha: 32 };
  const stream = random(1, "adapter");
  const adapter = freshAdapter(config, lora, () => stream.next());
  const model = new Decoder(config, weights, { train: "lora", lora, adapter });
  const rows = (await readJsonlAll(pairs, BenchPair))
    .slice(0, Number(count))
    .map(({ prompt, chosen, rejected }) => ({
      prompt: tokenizer.encode(prompt),
      completions: [chosen, rejected].map((text) => [...tokenizer.encode(text), tokenizer.endId]),
    }));
  return {
    run: () => model.backward(rows, (logps) => logps.map((row) => row.map(() => 1))),
    release: () => model.release(),
  };
}

async function decoding(
  { config, weights, tokenizer }: BenchModel,
  {
    pairs = "runs/bench/pairs.jsonl",
    "in-flight": inFlight = "16",
    tokens = "32",
  }: Readonly<Record<string, string>>,
): Promise<Work> {
  const decoder = new Decoder(config, weights, { train: "none" });
  const model = new CachedDecoder(decoder);
  const rows = await readJsonlAll(pairs, BenchPair);
  const prompts = [...new Set(rows.map(({ prompt }) => prompt))].slice(0, Number(inFlight) / 4);
  const settings = {
    temperature: 0.8,
    topK: 50,
    topP: 0.95,
    inFlight: Number(inFlight),
    maxTokens: Number(tokens),
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
