/** A share of the work for one of several machines: `2/8` is the second of eight. */
import { z } from "zod";

export interface Shard {
  /** From 1. */
  readonly part: number;
  readonly of: number;
}

export const ShardText = z
  .string()
  .regex(/^[1-9]\d*\/[1-9]\d*$/, "PART/PARTS, such as 2/8")
  .refine((text) => shardOf(text).part <= shardOf(text).of, { message: "there is no such part" });

export function shardOf(text: string): Shard {
  const [part = 1, of = 1] = text.split("/").map(Number);
  return { part, of };
}
