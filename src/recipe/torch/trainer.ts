/** Trains on PyTorch: hands `nearmiss-torch` the run's own files, and leaves the same files as the engine here does. */
import { hostname } from "node:os";
import { join } from "node:path";
import { writeJsonl } from "../../data/jsonl.js";
import { Bars } from "../bars.js";
import type { Train } from "../schema.js";
import type { Figures } from "../stage.js";
import type { Job, Trainer } from "../trainer.js";
import { runTraining } from "./process.js";
import { checkPython, environmentOf, pythonOf } from "./python.js";
import { splitWords } from "./words.js";

export function torchTrainer(train: Train): Trainer {
  return {
    async sft({ texts, ...job }) {
      const examples = join(job.files.checkpoints, "examples.jsonl");
      await writeJsonl(examples, texts);
      const block = job.arm === "sft" ? "sft" : "dpo";
      return launch(train, job, ["sft", "--examples", examples, "--options", block]);
    },
    async dpo({ pairs, weighted, ...job }) {
      const file = join(job.files.checkpoints, "pairs.jsonl");
      await writeJsonl(file, pairs);
      const { examples, ...figures } = await launch(train, job, [
        ...["dpo", "--pairs", file, "--reference", job.files.reference],
        ...(weighted ? ["--weighted"] : []),
      ]);
      return { pairs: examples ?? 0, ...figures };
    },
  };
}

async function launch(train: Train, job: Job, verb: readonly string[]): Promise<Figures> {
  await checkPython(train);
  const { source, files, arm, progress, signal } = job;
  const start = typeof job.start === "string" ? job.start : join(files.checkpoints, "start");
  if (typeof job.start !== "string") await source.writeFreshAdapter(start, job.start, job.seed, progress);
  const bars = new Bars(progress);
  try {
    const {
      steps = 0,
      tokens = 0,
      examples = 0,
      dropped = 0,
    } = await runTraining({
      words: [
        ...(train.launch === undefined ? [pythonOf(train)] : splitWords(train.launch)),
        ...["-m", "nearmiss_torch", ...verb, "--events", "--parent", `${hostname()}:${process.pid}`],
        ...["--recipe", job.recipe, "--model", await source.folder(progress), "--base-name", source.name],
        ...["--adapter", start, "--out", files.adapter, "--work", files.checkpoints],
        ...["--metrics", files.metrics, "--arm", arm],
      ],
      env: environmentOf(train),
      log: join(files.checkpoints, "torch.log"),
      signal,
      onProgress: (report) => bars.show(report),
      onNotice: (message) => progress.note(`  ${message}`),
    });
    return { examples, dropped, steps, tokens };
  } finally {
    bars.end();
  }
}
