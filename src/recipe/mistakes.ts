/** What is wrong with a recipe, said to its author: path, what was expected, what was found, the nearest right word. */
import type { z } from "zod";
import { fieldName } from "../data/jsonl.js";
import { keysAt, type Shape, shapeOf, wordsAt } from "./shape.js";
import { nearest } from "./suggest.js";

export interface Mistake {
  readonly path: readonly PropertyKey[];
  /** The path is of an unknown key, so that its line is the key's and not its value's. */
  readonly atKey: boolean;
  readonly message: string;
}

/** All mistakes of a value against a schema, in no particular order; empty where there are none. */
export function mistakesOf(schema: z.ZodType, value: unknown): Mistake[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const shape = shapeOf(schema);
  return result.error.issues.flatMap((issue) => explain(issue, [], shape, value));
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, base: readonly PropertyKey[], shape: Shape, value: unknown): Mistake[] {
  const path = [...base, ...issue.path];
  const found = at(value, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], key, keysAt(shape, path)));
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return closest(issue.errors).flatMap((inner) => explain(inner, path, shape, value));
  }
  if (issue.code === "custom") return [mistake(path, issue.message)];
  if (found === undefined) return [mistake(path, `is missing; expected ${expected(issue, shape, path)}`)];
  const words = wordsAt(shape, path);
  const near = typeof found === "string" ? nearest(found, words) : undefined;
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return [mistake(path, `expected ${expected(issue, shape, path)}, found ${show(found)}${hint}`)];
}

function mistake(path: readonly PropertyKey[], message: string): Mistake {
  return { path, atKey: false, message };
}

function unknownKey(path: readonly PropertyKey[], key: string, known: readonly string[]): Mistake {
  const near = nearest(key, known);
  const cure = near === undefined ? `the keys here are ${known.join(", ")}` : `did you mean "${near}"?`;
  return { path, atKey: true, message: `unknown key; ${cure}` };
}

/** Of a union's branches, the one that the value comes nearest to: whose issues lie deepest, then the fewest. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) => Math.min(...issues.map((issue) => issue.path.length));
  return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

function expected(issue: Issue, shape: Shape, path: readonly PropertyKey[]): string {
  const words = wordsAt(shape, path);
  if (words.length > 0) return `one of ${words.join(", ")}`;
  switch (issue.code) {
    case "too_small":
      return bound(issue.origin, issue.inclusive ? "at least" : "more than", issue.minimum);
    case "too_big":
      return bound(issue.origin, issue.inclusive ? "at most" : "less than", issue.maximum);
    case "invalid_type":
      return KINDS[issue.expected] ?? issue.expected;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a block of keys",
  array: "a list",
};

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === "string") return `a text of ${relation} ${limit} characters`;
  if (origin === "array") return `a list of ${relation} ${limit} entries`;
  return `${origin === "int" ? "a whole number" : "a number"} of ${relation} ${limit}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let here: unknown = value;
  for (const key of path) {
    if (here === null || typeof here !== "object") return undefined;
    here = Reflect.get(here, key);
  }
  return here;
}

/** `line 4  sample.temprature: unknown key; ...` for each mistake, given the line of each. */
export function listMistakes(mistakes: readonly { line: number | null; mistake: Mistake }[]): string {
  return [...mistakes]
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map(({ line, mistake: { path, message } }) => {
      const place = line === null ? "" : `line ${line}: `;
      return `  ${place}${path.length === 0 ? "" : `${fieldName(path)}: `}${message}`;
    })
    .join("\n");
}
