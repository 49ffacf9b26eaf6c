/** What a recipe says about where problems come from. */
import { z } from "zod";
import { Fields, FormatName } from "./formats.js";

/** What every source may say, in the order in which it is done. */
const selection = {
  /**
   * Takes one side of a split by question (for MetaMath by its original question, so that no augmentation of a held-out
   * problem is trained on): `{ test: 0.1, take: "train" }`. The sides are the same in every run.
   */
  partition: z.strictObject({ test: z.number().gt(0).lt(1), take: z.enum(["train", "test"]) }).optional(),
  /** Shuffles with this seed. */
  shuffle: z.int().optional(),
  /** Skips so many problems. */
  offset: z.int().min(0).optional(),
  /** Takes at most so many. */
  limit: z.int().min(1).optional(),
};

const path = z.string().min(1);
const ofFormat = <Name extends FormatName>(reader: Name) =>
  z.strictObject({ reader: z.literal(reader), path, ...selection });

export const ProblemSource = z.discriminatedUnion("reader", [
  ofFormat("gsm8k"),
  ofFormat("metamath"),
  ofFormat("svamp"),
  ofFormat("mawps"),
  ofFormat("math"),
  z.strictObject({ reader: z.literal("jsonl"), path, fields: Fields.prefault({}), ...selection }),
  z.strictObject({ reader: z.literal("parquet"), path, fields: Fields.prefault({}), ...selection }),
  z.strictObject({
    reader: z.literal("huggingface"),
    /** "openai/gsm8k" */
    dataset: z.string().regex(/^[\w.-]+(\/[\w.-]+)?$/, "expected a name like owner/dataset"),
    /** The configuration, for data sets that have several: "main". */
    config: z.string().min(1).optional(),
    split: z.string().min(1).default("train"),
    /** A branch, tag or commit. */
    revision: z.string().min(1).default("main"),
    /** What its rows look like: one of the known data sets, or names of fields. */
    format: z.union([FormatName, Fields]).default(Fields.parse({})),
    ...selection,
  }),
  z.strictObject({
    reader: z.literal("synthetic"),
    count: z.int().min(1),
    seed: z.int(),
    split: z.enum(["train", "test"]),
    minSteps: z.int().min(1).optional(),
    maxSteps: z.int().min(1).optional(),
    families: z.array(z.string()).min(1).optional(),
    ...selection,
  }),
]);
/** A source as written in a recipe, defaults not filled in. */
export type ProblemSourceInput = z.input<typeof ProblemSource>;
export type ProblemSource = z.output<typeof ProblemSource>;
