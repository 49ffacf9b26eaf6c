/** Records from a file or standard input, and to a file or standard output: `-` is the stream. */
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { z } from "zod";
import { check, type Line, readJsonlAll, readJsonlLines, writeJsonl } from "../data/jsonl.js";
import { Problem } from "../data/records.js";
import { NearmissError } from "../errors.js";

/** Records with their line numbers. Errors name file (or "standard input"), line, field and cure. */
export function readRows<S extends z.ZodType>(path: string, schema: S): AsyncGenerator<Line<z.output<S>>> {
  return path === "-" ? stdinRows(schema) : readJsonlLines(path, schema);
}

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

async function* stdinRows<S extends z.ZodType>(schema: S): AsyncGenerator<Line<z.output<S>>> {
  const text = (await buffer(process.stdin)).toString("utf8");
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const where = `standard input:${index + 1}`;
    yield { line: index + 1, value: check(parse(line, where), schema, where) };
  }
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new NearmissError(`${where}: this is not JSON (${reason}). Mend or remove the line.`);
  }
}

/** Writes records as they come to standard output, or whole to a file. Returns how many. */
export async function writeRows(path: string, rows: AsyncIterable<unknown>): Promise<number> {
  if (path !== "-") return writeJsonl(path, rows);
  let count = 0;
  for await (const row of rows) {
    count++;
    if (!process.stdout.write(`${JSON.stringify(row)}\n`)) await once(process.stdout, "drain");
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
