/** What a recipe may say of training. The defaults suit LoRA on models of 0.1 to 2 billion parameters. */
import { z } from "zod";
import { REJECTED_PARTS } from "./examples.js";
import { VARIANTS } from "./losses.js";
import { SCHEDULES } from "./schedule.js";

const shared = {
  /** Passes over the data; `maxSteps`, where given, decides instead. */
  epochs: z.int().min(1).default(1),
  /** Optimiser steps in all; passes over the data as often as it takes. Gives arms of unlike size the same count. */
  maxSteps: z.int().min(1).optional(),
  /** Examples (SFT) or pairs (DPO) in one optimiser step. */
  batchSize: z.int().min(1).default(16),
  /**
   * Tokens computed at once. More of them take more memory, and on a processor with AVX-512 are no faster (docs/LOG.md); a
   * GPU wants more. It changes a result by rounding only.
   */
  microBatchTokens: z.int().min(1).default(768),
  schedule: z.enum(SCHEDULES).default("cosine"),
  /** Share of the steps in which the learning rate rises from 0. */
  warmupRatio: z.number().min(0).max(1).default(0.05),
  /** Where the schedule ends, as a share of `learningRate`. */
  learningRateFloor: z.number().min(0).max(1).default(0.1),
  weightDecay: z.number().min(0).default(0),
  /** The gradient's global norm is clipped to this. */
  maxGradNorm: z.number().positive().default(1),
  seed: z.int().min(0).default(0),
  /** Steps between two checkpoints; one more is written at the end and one when the run is stopped. */
  checkpointEvery: z.int().min(1).default(50),
  /** Tokens of a prompt with its longest completion, the end token included. */
  maxLength: z.int().min(2).default(1024),
  /** What becomes of longer examples. A solution cut off in the middle teaches to stop there, hence the default. */
  overLong: z.enum(["drop", "truncate"]).default("drop"),
};

const learningRate = z.number().positive();

export const SftOptions = z.strictObject({ ...shared, learningRate: learningRate.default(2e-4) });
export type SftOptions = z.infer<typeof SftOptions>;

export const DpoOptions = z
  .strictObject({
    ...shared,
    learningRate: learningRate.default(2e-5),
    /** How strongly the policy is held to the reference; IPO's tau. */
    beta: z.number().positive().default(0.1),
    variant: z.enum(VARIANTS).default("sigmoid"),
    /** The share of labels taken to be flipped, for `cdpo` and `robust`. */
    labelSmoothing: z.number().min(0).lt(0.5).default(0),
    /** Weight of an added SFT loss on the chosen side. */
    sftWeight: z.number().min(0).default(0),
    /**
     * What of a rejected solution is made less likely: its first wrong step alone ("error"), the right ones before it being
     * read only; all up to the end of that step ("untilError"); or the "whole", which unlearns the answer line with the
     * error (docs/LOG.md, 2026-11-29). Pairs whose first wrong step is not known are taken whole.
     */
    rejectedPart: z.enum(REJECTED_PARTS).default("error"),
  })
  .refine(
    ({ variant, labelSmoothing }) => labelSmoothing === 0 || variant === "cdpo" || variant === "robust",
    {
      path: ["labelSmoothing"],
      message: 'only the variants "cdpo" and "robust" use it: set it to 0 or choose one of them',
    },
  );
export type DpoOptions = z.infer<typeof DpoOptions>;

/** What the loop itself reads: common to both recipes. */
export type SharedOptions = SftOptions;
