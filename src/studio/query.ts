/**
 * What a view asks for, as it stands in a URL: the same words in the page's address and in the server's. A value that is
 * not understood falls back to its default, so that an old link still opens.
 */
import * as z from "zod/mini";
import { DIMENSIONS } from "../data/dimensions.js";
import { SET_NAME } from "./sets.js";

const share = (preset: number) => z.catch(z.coerce.number().check(z.minimum(0), z.maximum(1)), preset);
const text = z.catch(z.string().check(z.maxLength(500)), "");
const count = (preset: number, low: number, high = Number.MAX_SAFE_INTEGER) =>
  z.catch(z.coerce.number().check(z.int(), z.minimum(low), z.maximum(high)), preset);

const SORTS = ["file", "wrongness", "absurdity", "distance", "tokens", "problem", "dimension"] as const;
export const ANSWERS = ["any", "right", "wrong", "unjudged"] as const;
export const MINED = ["any", "yes", "no"] as const;

export const SolutionQuery = z.object({
  /** "samples": what is mined; "test-samples", arms: see sets.ts. */
  set: z.catch(z.string().check(z.regex(SET_NAME)), "samples"),
  /** Stands in the solution, its question or its problem's id, whatever the case. */
  search: text,
  /** Only this problem's. */
  problem: text,
  answer: z.catch(z.enum(ANSWERS), "any"),
  dimension: z.catch(z.enum(["any", ...DIMENSIONS]), "any"),
  mined: z.catch(z.enum(MINED), "any"),
  wMin: share(0),
  wMax: share(1),
  aMin: share(0),
  aMax: share(1),
  sort: z.catch(z.enum(SORTS), "file"),
  order: z.catch(z.enum(["up", "down"]), "up"),
});
export type SolutionQuery = z.infer<typeof SolutionQuery>;

const PAIR_SORTS = ["file", "weight", "hardness", "dimension", "problem"] as const;
export const PairQuery = z.object({
  kind: z.catch(z.enum(["hard", "random"]), "hard"),
  search: text,
  dimension: z.catch(z.enum(["any", ...DIMENSIONS]), "any"),
  review: z.catch(z.enum(["any", "rejected", "flagged", "open"]), "any"),
  sort: z.catch(z.enum(PAIR_SORTS), "file"),
  order: z.catch(z.enum(["up", "down"]), "up"),
});
export type PairQuery = z.infer<typeof PairQuery>;

export const Slice = z.object({
  offset: count(0, 0),
  limit: count(100, 1, 500),
});
export type Slice = z.infer<typeof Slice>;

type QuerySchema = typeof SolutionQuery | typeof PairQuery;

/** What a query string asks for. */
export function readQuery<S extends z.core.$ZodType>(schema: S, parameters: URLSearchParams): z.output<S> {
  return z.parse(schema, Object.fromEntries(parameters));
}

/** The parameters that differ from the defaults, as a query string without the question mark. */
export function writeQuery(schema: QuerySchema, query: Readonly<Record<string, string | number>>): string {
  const presets: Readonly<Record<string, string | number>> = schema.parse({});
  const told = Object.entries(query).filter(([name, value]) => name in presets && presets[name] !== value);
  return new URLSearchParams(
    Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
  ).toString();
}
