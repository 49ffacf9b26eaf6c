/** SFT and DPO as whole runs on a bigram model: what they minimise, and that stopping changes nothing. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Bigram } from "../../tests/fakes/bigram.js";
import { random } from "../random.js";
import { type DpoRun, trainDpo } from "./dpo.js";
import type { Example } from "./examples.js";
import type { Progress } from "./loop.js";
import { VARIANTS } from "./losses.js";
import { DpoOptions, SftOptions } from "./options.js";
import { type SftRun, trainSft } from "./sft.js";

const VOCABULARY = 7;
const stream = random(5, "examples");
const tokens = (low: number, high: number) =>
  Array.from({ length: stream.int(low, high) }, () => stream.int(0, VOCABULARY - 1));
const sftExamples: Example[] = Array.from({ length: 13 }, (_, i) => ({
  id: `s${i}`,
  row: { prompt: tokens(1, 5), completions: [tokens(1, 8)] },
  weight: 1,
}));
const pairs: Example[] = Array.from({ length: 13 }, (_, i) => ({
  id: `p${i}`,
  row: { prompt: tokens(1, 5), completions: [tokens(1, 8), tokens(1, 8)] },
  weight: 0.25 + stream.next() * 2,
}));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "training-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const small = { epochs: 3, batchSize: 4, microBatchTokens: 24, learningRate: 0.05, checkpointEvery: 2 };
const common = (name: string) => ({
  model: new Bigram(VOCABULARY, 1, 0.3),
  identity: "bigram",
  arm: name,
  folder: join(root, name),
});
const sft = (name: string, options: object = {}, more: Partial<SftRun> = {}): SftRun => ({
  ...common(name),
  examples: sftExamples,
  options: SftOptions.parse({ ...small, ...options }),
  ...more,
});
const dpo = (name: string, options: object = {}, more: Partial<DpoRun> = {}): DpoRun => ({
  ...common(name),
  pairs,
  weighted: true,
  options: DpoOptions.parse({ ...small, beta: 0.5, ...options }),
  ...more,
});

const text = (run: { folder: string }) => readFileSync(join(run.folder, "metrics.jsonl"), "utf8");
const lines = (run: { folder: string }): Record<string, number>[] =>
  text(run)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const parametersOf = (run: { model: SftRun["model"] }) => run.model.parameters;

/** Aborts when `steps` training steps are done. */
function stopAfter(steps: number) {
  const controller = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.phase === "train" && progress.step === steps) controller.abort(new Error("stopped"));
  };
  return { signal: controller.signal, onProgress };
}

describe("SFT", () => {
  it("reports the mean negative log-probability of the step's completion tokens, and lowers it", async () => {
    const run = sft("sft", { batchSize: 13, epochs: 20 });
    const before = (await run.model.logps(sftExamples.map(({ row }) => row))).flat();
    const count = sftExamples.reduce((sum, { row }) => sum + (row.completions[0]?.length ?? 0), 0);
    const result = await trainSft(run);
    expect(result).toMatchObject({ steps: 20, resumedFrom: 0 });
    expect(lines(run)[0]?.loss).toBeCloseTo(-before.reduce((sum, logp) => sum + logp, 0) / count, 12);
    expect(lines(run).at(-1)?.loss).toBeLessThan((lines(run)[0]?.loss ?? 0) - 0.3);
  });

  it("refuses to train on nothing", async () => {
    await expect(trainSft(sft("none", {}, { examples: [] }))).rejects.toThrow("nothing to train on");
  });
});

describe("DPO", () => {
  it("starts at loss 0.693147 with rewards 0, from a model whose adapter is trained already", async () => {
    const run = dpo("dpo");
    await trainDpo(run);
    const [first] = lines(run);
    expect(first?.loss?.toFixed(6)).toBe("0.693147");
    for (const name of ["rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies"]) {
      expect(first?.[name]).toBe(0);
    }
    expect(first?.["logps/chosen"]).toBeLessThan(0);
  });

  it.each(VARIANTS)("widens the margins with %s", async (variant) => {
    const labelSmoothing = variant === "cdpo" || variant === "robust" ? 0.1 : 0;
    const run = dpo("dpo", { variant, labelSmoothing, batchSize: 13, epochs: 15 });
    await trainDpo(run);
    expect(lines(run).at(-1)?.["rewards/margins"]).toBeGreaterThan(0.5);
    expect(lines(run).at(-1)?.loss).toBeLessThan(lines(run)[0]?.loss ?? 0);
  });

  it("is, as beta goes to 0, its SFT term: SFT on the chosen sides, in the same order", async () => {
    const chosen = pairs.map(({ id, row: { prompt, completions } }) => ({
      id,
      row: { prompt, completions: completions.slice(0, 1) },
      weight: 1,
    }));
    const [preference, control] = [
      dpo("dpo", { beta: 1e-12, sftWeight: 1 }),
      sft("sft", {}, { examples: chosen }),
    ];
    await trainDpo(preference);
    await trainSft(control);
    const flat = (run: { model: SftRun["model"] }) =>
      [...parametersOf(run).values()].flatMap((tensor) => [...tensor]);
    const learnt = flat(control);
    flat(preference).forEach((value, i) => {
      expect(value).toBeCloseTo(learnt[i] ?? Number.NaN, 6);
    });
    expect(learnt).not.toEqual(flat(sft("untrained")));
  });

  it("with every weight 1 is unweighted DPO, bit for bit, and with other weights is not", async () => {
    const ones = pairs.map((pair) => ({ ...pair, weight: 1 }));
    const weighted = dpo("same", {}, { pairs: ones, weighted: true });
    const plain = dpo("same", {}, { weighted: false, folder: join(root, "plain") });
    const other = dpo("same", {}, { folder: join(root, "other") });
    for (const run of [weighted, plain, other]) await trainDpo(run);
    expect(parametersOf(weighted)).toEqual(parametersOf(plain));
    expect(text(weighted)).toBe(text(plain));
    expect(parametersOf(other)).not.toEqual(parametersOf(plain));
  });

  it("computes the reference once, and shares it between arms on the same pairs", async () => {
    const referenceFolder = join(root, "reference");
    const first = dpo("first", {}, { referenceFolder });
    const second = dpo("second", {}, { referenceFolder, weighted: false });
    const alone = dpo("second", {}, { weighted: false, folder: join(root, "alone") });
    const calls = [];
    for (const run of [first, second, alone]) {
      const model = new Bigram(VOCABULARY, 1, 0.3);
      await trainDpo({ ...run, model });
      calls.push(model.calls.logps);
    }
    expect(calls[0]).toBeGreaterThan(0);
    expect(calls[1]).toBe(0);
    expect(text(second)).toBe(text(alone));
    expect(readdirSync(referenceFolder)).toHaveLength(1);
  });

  it("stopped while computing the reference keeps what it has", async () => {
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error("stopped"));
    await expect(trainDpo(dpo("cut", {}, { signal: controller.signal, onProgress }))).rejects.toThrow(
      "stopped",
    );
    const model = new Bigram(VOCABULARY, 1, 0.3);
    const whole = new Bigram(VOCABULARY, 1, 0.3);
    const cut = dpo("cut", {}, { model });
    await trainDpo(cut);
    const reference = dpo("cut", {}, { model: whole, folder: join(root, "whole") });
    await trainDpo(reference);
    expect(model.calls.logps).toBe(whole.calls.logps - 1);
    expect(text(cut)).toBe(text(reference));
  });

  it("says which pair has no second completion", async () => {
    const lone = pairs.map((pair) => ({ ...pair, row: { ...pair.row, completions: [[1]] } }));
    await expect(trainDpo(dpo("lone", {}, { pairs: lone }))).rejects.toThrow(/pair p\d+ are .* and NaN/);
  });
});

describe.each(["sft", "dpo"] as const)("a run of %s", (stage) => {
  const train = async (name: string, options: object = {}, more: Partial<SftRun & DpoRun> = {}) => {
    const run = stage === "sft" ? sft(name, options, more) : dpo(name, options, more);
    await ("pairs" in run ? trainDpo(run) : trainSft(run));
    return run;
  };

  it.each([1, 2, 5, 11])(
    "stopped after step %i and resumed equals an uninterrupted one bit for bit",
    async (at) => {
      const whole = await train("arm", {}, { folder: join(root, "whole") });
      await expect(train("arm", {}, stopAfter(at))).rejects.toThrow("stopped");
      const resumed = await train("arm");
      expect(parametersOf(resumed)).toEqual(parametersOf(whole));
      expect(text(resumed)).toBe(text(whole));
      expect(lines(resumed)).toHaveLength(12);
    },
  );

  it("killed between checkpoints, in the middle of a line, resumes to the same bits and file", async () => {
    const whole = await train("arm", {}, { folder: join(root, "whole") });
    const killed = new Bigram(VOCABULARY, 1, 0.3);
    const die = (progress: Progress) => {
      if (progress.phase === "train" && progress.step === 5) throw new Error("killed");
    };
    await expect(train("arm", {}, { model: killed, onProgress: die })).rejects.toThrow("killed");
    appendFileSync(join(root, "arm", "metrics.jsonl"), '{"arm":"arm","sta');
    const resumed = await train("arm");
    expect(parametersOf(resumed)).toEqual(parametersOf(whole));
    expect(text(resumed)).toBe(text(whole));
  });

  it("whose newest checkpoint is damaged goes on from the one before, to the same bits", async () => {
    const whole = await train("arm", {}, { folder: join(root, "whole") });
    await expect(train("arm", {}, stopAfter(7))).rejects.toThrow("stopped");
    truncateSync(join(root, "arm", "checkpoint-7.safetensors"), 200);
    const notices: string[] = [];
    const resumed = await train("arm", {}, { onNotice: (message) => notices.push(message) });
    expect(notices.join()).toMatch(/went on from step 6\. .*checkpoint-7/);
    expect(parametersOf(resumed)).toEqual(parametersOf(whole));
    expect(text(resumed)).toBe(text(whole));
  });

  it("that is done does nothing more, and loads what it has", async () => {
    const first = await train("arm");
    const model = new Bigram(VOCABULARY, 1, 0.3);
    const again = await train("arm", {}, { model });
    expect(model.calls).toEqual({ logps: 0, backward: 0 });
    expect(parametersOf(again)).toEqual(parametersOf(first));
    expect(text(again)).toBe(text(first));
  });

  it("accumulated over micro-batches equals one large batch", async () => {
    const folder = join(root, "large");
    const [split, large] = [
      await train("arm", { microBatchTokens: 1 }),
      await train("arm", { microBatchTokens: 10_000 }, { folder }),
    ];
    for (const [name, values] of parametersOf(large)) {
      values.forEach((value, i) => {
        expect(parametersOf(split).get(name)?.[i]).toBeCloseTo(value, 5);
      });
    }
    lines(large).forEach((line, i) => {
      expect(lines(split)[i]?.loss).toBeCloseTo(line.loss ?? Number.NaN, 6);
    });
  });

  it("may resume with other micro-batches, but not with another learning rate or model", async () => {
    await expect(train("arm", {}, stopAfter(3))).rejects.toThrow("stopped");
    await expect(train("arm", { learningRate: 0.01 })).rejects.toThrow(
      "options.learningRate: 0.05 there, 0.01 here",
    );
    await expect(train("arm", {}, { model: new Bigram(VOCABULARY, 2, 0.3) })).rejects.toThrow(
      "parameters before the first step: ",
    );
    await expect(train("arm", {}, { identity: "another" })).rejects.toThrow(
      "identity: bigram there, another here",
    );
    expect(lines(await train("arm", { microBatchTokens: 12, checkpointEvery: 9 }))).toHaveLength(12);
  });

  it("shares a metrics file with other arms and cuts away only its own lines", async () => {
    const metricsFile = join(root, "metrics.jsonl");
    await train("one", { epochs: 1 }, { metricsFile });
    await expect(train("two", {}, { metricsFile, ...stopAfter(3) })).rejects.toThrow("stopped");
    rmSync(join(root, "two"), { recursive: true });
    await train("two", { epochs: 1 }, { metricsFile });
    const met = readFileSync(metricsFile, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(met.map(({ arm, step }) => `${arm} ${step}`)).toEqual([
      "one 1",
      "one 2",
      "one 3",
      "one 4",
      "two 1",
      "two 2",
      "two 3",
      "two 4",
    ]);
    expect(met.every((line) => line.stage === stage)).toBe(true);
  });

  it("stops at a loss that is not finite, before the update, and lists the examples", async () => {
    const model = new Bigram(VOCABULARY, 1, 0.3);
    const before = new Map([...model.parameters].map(([name, values]) => [name, values.slice()]));
    model.backward = async (rows, seed) => {
      const broken = rows.map((row) => row.completions.map(() => Number.NaN));
      seed(broken);
      return broken;
    };
    const metricsFile = join(root, "shared", "metrics.jsonl");
    const error = await train("arm", {}, { model, metricsFile }).catch(String);
    expect(error).toMatch(/of arm stopped at step 1: the loss is NaN, .*\n.*learningRate.*maxGradNorm/);
    expect(model.parameters).toEqual(before);
    const record = JSON.parse(readFileSync(join(root, "shared", `not-finite-arm-${stage}-1.json`), "utf8"));
    expect(record).toMatchObject({ arm: "arm", stage, step: 1, loss: "NaN", learningRate: 0.05 });
    expect(record.ids).toHaveLength(4);
    for (const id of record.ids) expect(error).toContain(id);
  });

  it("stops at a gradient that is not finite; the same run then goes on to the same bits", async () => {
    const whole = await train("arm", {}, { folder: join(root, "whole") });
    const model = new Bigram(VOCABULARY, 1, 0.3);
    const { backward } = model;
    model.backward = async (rows, seed) => {
      const logps = await backward.call(model, rows, seed);
      if (model.calls.backward === 8) model.gradients.get("bias")?.fill(Number.POSITIVE_INFINITY, 0, 1);
      return logps;
    };
    await expect(train("arm", {}, { model })).rejects.toThrow(
      /the loss is \d\S+, the gradient's norm Infinity.* goes on from step 2\./,
    );
    const resumed = await train("arm");
    expect(parametersOf(resumed)).toEqual(parametersOf(whole));
    expect(text(resumed)).toBe(text(whole));
  });

  it("reports progress after every step", async () => {
    const seen: Progress[] = [];
    await train("arm", {}, { onProgress: (progress) => seen.push(progress) });
    const steps = seen.filter(({ phase }) => phase === "train");
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(
      steps.every(
        ({ steps: all, tokensPerSecond, loss }) => all === 12 && tokensPerSecond > 0 && (loss ?? 0) > 0,
      ),
    ).toBe(true);
    expect(seen.some(({ phase }) => phase === "reference")).toBe(stage === "dpo");
  });
});

describe("options", () => {
  it("refuse smoothing where no loss uses it, unknown keys, and impossible numbers", () => {
    expect(DpoOptions.safeParse({ labelSmoothing: 0.1 }).error?.issues[0]?.path).toEqual(["labelSmoothing"]);
    expect(DpoOptions.safeParse({ labelSmoothing: 0.1, variant: "robust" }).success).toBe(true);
    expect(DpoOptions.safeParse({ labelSmoothing: 0.5, variant: "robust" }).success).toBe(false);
    expect(SftOptions.safeParse({ beta: 0.1 }).success).toBe(false);
    expect(SftOptions.safeParse({ batchSize: 0 }).success).toBe(false);
  });
});
