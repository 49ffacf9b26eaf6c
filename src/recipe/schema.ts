/** The recipe of an experiment. The zod schema is the type; every default stands here or in the stage's own options. */
import { z } from "zod";
import { Augmentation } from "../data/augment/index.js";
import { ProblemSource } from "../data/readers/index.js";
import { MiningOptions } from "../mining/options.js";
import { PRECISIONS } from "../model/weights.js";
import { SERVER_OPTIONS } from "../sampling/remote/options.js";
import { DpoOptions, SftOptions } from "../training/options.js";
import { DeviceChoice } from "./device.js";
import { Memory } from "./memory.js";

/** The arms an experiment can have, in the order of the report. */
const ARMS = ["base", "sft", "sft-chosen", "dpo-random", "dpo-hard", "dpo-weighted"] as const;
export const ArmName = z.enum(ARMS);
export type ArmName = z.infer<typeof ArmName>;

export const SampleOptions = z
  .strictObject({
    /** "local": sampled here; "openai": by servers with OpenAI's interface, at `baseUrl`. */
    engine: z.enum(["local", "openai"]).default("local"),
    /** Samples of each problem. */
    n: z.int().min(1).default(4),
    /** 0 is greedy. */
    temperature: z.number().min(0).default(0.8),
    topP: z.number().gt(0).max(1).default(0.95),
    /** Only the K likeliest tokens are drawn from. */
    topK: z.int().min(1).default(50),
    /** Longest solution, in tokens. */
    maxTokens: z.int().min(1).default(256),
    /** Sequences computed at once, of the local engine. */
    inFlight: z.int().min(1).default(16),
    ...SERVER_OPTIONS,
  })
  .refine(({ engine, baseUrl }) => engine === "local" || baseUrl !== undefined, {
    path: ["baseUrl"],
    message: "is missing: `engine: openai` needs the address of a server, such as http://localhost:8000/v1",
  })
  .refine(({ engine, baseUrl }) => engine === "openai" || baseUrl === undefined, {
    path: ["engine"],
    message: "is local, which asks no server: say `engine: openai`, or leave `baseUrl` out",
  });
export type SampleOptions = z.infer<typeof SampleOptions>;

export const LoraOptions = z.strictObject({
  rank: z.int().min(1).default(16),
  /** A adds alpha / rank * B A x to its linear layer. */
  alpha: z.number().positive().default(32),
});

const isDefault = ({ rank, alpha }: z.infer<typeof LoraOptions>): boolean => {
  const fresh = LoraOptions.parse({});
  return rank === fresh.rank && alpha === fresh.alpha;
};

export const PromptTemplate = z.strictObject({
  /** The system message; without one the chat template's own default holds. */
  system: z.string().min(1).optional(),
  user: z
    .string()
    .refine((text) => text.includes("{question}"), { message: "must contain {question}" })
    .default("{question}"),
});
export type PromptTemplate = z.infer<typeof PromptTemplate>;

/** SFT on the worked solutions, and on what is made from them by rule. */
const SftBlock = SftOptions.extend({ augment: Augmentation.omit({ seed: true }).prefault({}) });
export type SftBlock = z.infer<typeof SftBlock>;

export const Train = z
  .strictObject({
    /** "onnx": trained by this package; "torch": by nearmiss-torch, on PyTorch, to the same result but for rounding. */
    engine: z.enum(["onnx", "torch"]).default("onnx"),
    /** What starts PyTorch's processes, such as "accelerate launch --num_processes 8"; without it there is one. */
    launch: z.string().trim().min(1).optional(),
    /** The Python that has nearmiss-torch; by default NEARMISS_PYTHON, or python3. */
    python: z.string().min(1).optional(),
  })
  .refine(({ engine, launch, python }) => engine === "torch" || (launch ?? python) === undefined, {
    path: ["engine"],
    message:
      "is onnx, which starts no other program: say `engine: torch`, or leave `launch` and `python` out",
  });
export type Train = z.infer<typeof Train>;

export const Recipe = z
  .strictObject({
    /** Names the run in its report; the file's name by default. */
    name: z.string().min(1),
    /** A folder (beginning with ./, ../ or /), or a name on the Hugging Face Hub. */
    model: z.string().min(1),
    seed: z.int().min(0).default(0),
    problems: z.strictObject({
      /** Sampled, mined and trained on. */
      train: ProblemSource,
      /** Only ever evaluated on. */
      test: ProblemSource,
      /** Other problems that every arm is evaluated on, by name: does what was learnt carry over? */
      transfer: z.record(z.string().regex(/^[a-z0-9][a-z0-9-]*$/), ProblemSource).default({}),
      /** A training problem whose question shares so much (Jaccard, token triples) with a test question is left out. */
      nearDuplicate: z.number().gt(0).max(1).default(0.8),
    }),
    prompt: PromptTemplate.prefault({}),
    /** Of a fresh adapter; one made elsewhere brings its own. */
    lora: LoraOptions.prefault({}),
    /** A folder with a PEFT adapter made elsewhere, where everything begins: "base" is the model with it. */
    adapter: z.string().min(1).optional(),
    /** Null: no SFT; the arms then begin at the model as it is. */
    sft: SftBlock.nullable().prefault({}),
    /**
     * "int8" holds the frozen weights in 8 bits, for training and sampling alike: faster and smaller, and not quite the
     * same model. What is trained stays float32.
     */
    precision: z.enum(PRECISIONS).default("fp32"),
    /** "recompute" trains in less memory, slower; "auto" does so where memory is short. Results differ by rounding only. */
    memory: Memory.default("auto"),
    /** What computes SFT and DPO. */
    train: Train.prefault({}),
    /** Where it is computed; "auto": where products are fastest, as measured here once. Results differ by rounding only. */
    device: DeviceChoice.default("auto"),
    sample: SampleOptions.safeExtend({
      /** Only the first so many training problems are sampled, and so mined; null: all. SFT learns from all either way. */
      problems: z.int().min(1).nullable().default(null),
    }).prefault({}),
    verify: z
      .strictObject({
        /** Hold each chain against the problem's worked solution, where it has one. */
        referenceSolution: z.boolean().default(true),
      })
      .prefault({}),
    /** tauW, tauA and nearDistance also define the near-miss slice of the test problems. */
    mine: MiningOptions.prefault({}),
    dpo: DpoOptions.prefault({}),
    arms: z
      .array(ArmName)
      .min(1)
      .refine((arms) => new Set(arms).size === arms.length, { message: "an arm is named twice" })
      // The control costs most of what an arm does, and is asked for by name.
      .default(["base", "sft", "dpo-random", "dpo-hard", "dpo-weighted"]),
    eval: z
      .strictObject({
        /** Longest greedy solution, in tokens. */
        maxTokens: z.int().min(1).default(256),
        inFlight: z.int().min(1).default(16),
        /** Samples the SFT model draws of each test problem to find the near-miss slice; 0 leaves the slice empty. */
        nearMissSamples: z.int().min(0).default(4),
      })
      .prefault({}),
  })
  .refine(({ sft, arms }) => sft !== null || !arms.includes("sft"), {
    path: ["arms"],
    message: 'names "sft", but `sft` is null: list the arms without it, or describe the SFT',
  })
  .refine(({ adapter, lora }) => adapter === undefined || isDefault(lora), {
    path: ["lora"],
    message:
      "is the shape of a fresh adapter, and `adapter` brings its own rank and alpha: leave one of them out",
  })
  .refine(({ train, precision }) => train.engine === "onnx" || precision === "fp32", {
    path: ["precision"],
    message:
      "is int8, which `train: {engine: torch}` does not know: leave it out, or train with `engine: onnx`",
  });
export type Recipe = z.infer<typeof Recipe>;
