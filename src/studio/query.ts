/**
 * What a view asks for, as it stands in a URL: the same words in the page's address and in the server's. A value that is
 * not understood falls back to its default, so that an old link still opens.
 */
import { z } from "zod";
import { DIMENSIONS } from "../data/records.js";
import { SET_NAME } from "./sets.js";

const share = (preset: number) => z.coerce.number().min(0).max(1).catch(preset);
const text = z.string().max(500).catch("");

const SORTS = ["file", "wrongness", "absurdity", "distance", "tokens", "problem", "dimension"] as const;
export const ANSWERS = ["any", "right", "wrong", "unjudged"] as const;
export const MINED = ["any", "yes", "no"] as const;

export const SolutionQuery = z.object({
  /** "samples": what is mined; "test-samples", arms: see sets.ts. */
  set: z.string().regex(SET_NAME).catch("samples"),
  /** Stands in the solution, its question or its problem's id, whatever the case. */
  search: text,
  /** Only this problem's. */
  problem: text,
  answer: z.enum(ANSWERS).catch("any"),
  dimension: z.enum(["any", ...DIMENSIONS]).catch("any"),
  mined: z.enum(MINED).catch("any"),
  wMin: share(0),
  wMax: share(1),
  aMin: share(0),
  aMax: share(1),
  sort: z.enum(SORTS).catch("file"),
  order: z.enum(["up", "down"]).catch("up"),
});
export type SolutionQuery = z.infer<typeof SolutionQuery>;

const PAIR_SORTS = ["file", "weight", "hardness", "dimension", "problem"] as const;
export const PairQuery = z.object({
  kind: z.enum(["hard", "random"]).catch("hard"),
  search: text,
  dimension: z.enum(["any", ...DIMENSIONS]).catch("any"),
  review: z.enum(["any", "rejected", "flagged", "open"]).catch("any"),
  sort: z.enum(PAIR_SORTS).catch("file"),
  order: z.enum(["up", "down"]).catch("up"),
});
export type PairQuery = z.infer<typeof PairQuery>;

export const Slice = z.object({
  offset: z.coerce.number().int().min(0).catch(0),
  limit: z.coerce.number().int().min(1).max(500).catch(100),
});
export type Slice = z.infer<typeof Slice>;

type QuerySchema = typeof SolutionQuery | typeof PairQuery;

/** What a query string asks for. */
export function readQuery<S extends z.ZodType>(schema: S, parameters: URLSearchParams): z.output<S> {
  return schema.parse(Object.fromEntries(parameters));
}

/** The parameters that differ from the defaults, as a query string without the question mark. */
export function writeQuery(schema: QuerySchema, query: Readonly<Record<string, string | number>>): string {
  const presets: Readonly<Record<string, string | number>> = schema.parse({});
  const told = Object.entries(query).filter(([name, value]) => name in presets && presets[name] !== value);
  return new URLSearchParams(
    Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
  ).toString();
}
