/** Records from files, and to a file or standard output. */
import { once } from "node:events";
import { dirname, join } from "node:path";
import type { z } from "zod";
import { readJsonlAll, writeLines } from "../data/jsonl.js";
import { Problem } from "../data/records.js";
import type { Reviews } from "../data/review.js";
import { REVIEW_FILE, readReviews } from "../data/review-file.js";
import { NearmissError } from "../errors.js";

/** All records of a file that must hold some: with none there is nothing to do, and a figure over none would mislead. */
export async function readSome<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>[]> {
  const records = await readJsonlAll(path, schema);
  if (records.length > 0) return records;
  throw new NearmissError(`${path} is empty: it holds no records. Check the path, or what wrote the file.`);
}

/** All problems of a file that must hold some, each with an id of its own: samples are told apart by it. */
export async function readProblemFile(path: string): Promise<Problem[]> {
  const problems = await readSome(path, Problem);
  const ids = new Set<string>();
  for (const { id } of problems) {
    if (ids.has(id)) {
      throw new NearmissError(`${path}: the id "${id}" stands twice. Give each problem its own id.`);
    }
    ids.add(id);
  }
  return problems;
}

/** The reviews of a file that is named, which must be there; else of the one beside an input, where there is one. */
export function reviewsOf(named: string | undefined, input: string): Promise<Reviews> {
  return named === undefined
    ? readReviews(join(dirname(input), REVIEW_FILE))
    : readReviews(named, { mustExist: true });
}

/**
 * Writes lines of JSON as they come to standard output (`-`), or whole to a file in the form that its name ends in.
 * Returns how many.
 */
export async function writeTo(
  path: string,
  lines: AsyncIterable<string>,
  schema?: z.ZodObject,
): Promise<number> {
  if (path !== "-") return writeLines(path, lines, schema);
  let count = 0;
  for await (const line of lines) {
    count++;
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
  }
  return count;
}

/** A result for a script: one JSON object on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printText(text: string): void {
  process.stdout.write(`${text}\n`);
}
