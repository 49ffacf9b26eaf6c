/** The two trainings of a run, as its stages ask for them, whatever engine computes them. */
import { type DpoFit, fitDpo, fitSft, type SftFit } from "./fit.js";
import type { ModelSource, Start } from "./model.js";
import type { Train } from "./schema.js";
import type { Figures } from "./stage.js";
import { torchTrainer } from "./torch/trainer.js";

interface Beginning {
  readonly source: ModelSource;
  readonly start: Start;
  /** Of a fresh adapter. */
  readonly seed: number;
  /** The file of the whole recipe, as resolved. */
  readonly recipe: string;
}

type From<Fit> = Omit<Fit, "model" | "adapter"> & Beginning;
export type Job = Omit<From<SftFit>, "texts" | "options">;

/** Each writes the adapter, its lines of metrics, and nothing else that outlives its checkpoints. */
export interface Trainer {
  sft(job: From<SftFit>): Promise<Figures>;
  dpo(job: From<DpoFit>): Promise<Figures>;
}

const TRAINERS: { readonly [E in Train["engine"]]: (train: Train) => Trainer } = {
  onnx: () => ({
    sft: async (job) => fitSft({ ...job, ...(await opened(job)) }),
    dpo: async (job) => fitDpo({ ...job, ...(await opened(job)) }),
  }),
  torch: torchTrainer,
};

export const trainerOf = (train: Train): Trainer => TRAINERS[train.engine](train);

/**
 * What a training stage's key says of the engine: nothing of this package's own, so that runs from before there was
 * another one still hold, and nothing of how many processes there are, which changes a result by rounding only.
 */
export const engineKey = ({ engine }: Train): object => (engine === "onnx" ? {} : { engine });

async function opened({ source, start, seed, progress }: Job) {
  const model = await source.open(progress);
  return { model, adapter: await model.adapter(start, seed) };
}
