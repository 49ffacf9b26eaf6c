/** What several machines have made of their shards, as one pass over the whole would have written it. */
import { z } from "zod";
import { checkLine } from "../data/jsonl.js";
import { rawLines } from "../data/lines.js";
import { NearmissError } from "../errors.js";
import { Prepared } from "../mining/index.js";
import { PartHead } from "./mine-files.js";

/** Lines of verdicts by their `row`, which is taken out again. Throws a NearmissError naming a row that is missing or there twice. */
export async function* mergedVerdicts(parts: readonly string[]): AsyncGenerator<string> {
  const heads = await Promise.all(parts.map(Head.open));
  for (let row = 0; heads.some((head) => head.row !== null); row++) {
    const found = heads.filter((head) => head.row === row);
    const [head] = found;
    if (head === undefined || found.length > 1) {
      const where =
        found.length > 1 ? `in ${found.map(({ path }) => path).join(" and ")}` : "in none of the parts";
      throw new NearmissError(`Row ${row} is ${where}. Give each shard of one file once.`);
    }
    yield await head.take();
  }
}

/** Loose, so that the other fields keep their order. */
const Placed = z.looseObject({ row: z.int().min(0) });

/** The next line of one part. */
class Head {
  row: number | null = null;
  private rest = "";

  private constructor(
    readonly path: string,
    private readonly lines: ReturnType<typeof rawLines>,
  ) {}

  static async open(path: string): Promise<Head> {
    const head = new Head(path, rawLines(path));
    await head.next();
    return head;
  }

  async take(): Promise<string> {
    const { rest } = this;
    await this.next();
    return rest;
  }

  private async next(): Promise<void> {
    const { done, value } = await this.lines.next();
    if (done) {
      this.row = null;
      return;
    }
    const { row, ...rest } = checkLine(value.text, Placed, value.where);
    this.row = row;
    this.rest = JSON.stringify(rest);
  }
}

/**
 * Shards of mining, in their order.
 * @throws NearmissError where one is missing, there twice, or mined with other options
 */
export async function miningParts(paths: readonly string[]): Promise<{ head: PartHead; paths: string[] }> {
  const parts: { path: string; head: PartHead }[] = [];
  for (const path of paths) parts.push({ path, head: await headOf(path) });
  const [first] = parts;
  if (first === undefined) throw new NearmissError("No part was given.");
  const { of, options } = first.head;
  const sorted = Array.from({ length: of }, (_, i) => {
    const own = parts.filter(({ head }) => head.part === i + 1 && head.of === of);
    const [one] = own;
    if (one !== undefined && own.length === 1) return one;
    const found = own.length === 0 ? "missing" : `there twice: ${own.map(({ path }) => path).join(", ")}`;
    throw new NearmissError(`Part ${i + 1} of ${of} is ${found}. Give each part once.`);
  });
  for (const { path, head } of parts) {
    if (head.of !== of || JSON.stringify(head.options) !== JSON.stringify(options))
      throw new NearmissError(
        `${path} was mined with other options, or in another number of parts, than ${first.path}. Mine all parts alike.`,
      );
  }
  return { head: first.head, paths: sorted.map(({ path }) => path) };
}

/** The prepared problems of parts in order; readable again and again. */
export async function* partLines(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    for await (const { line, where, text } of rawLines(path)) {
      if (line === 1) continue;
      checkLine(text, Prepared, where);
      yield text;
    }
  }
}

async function headOf(path: string): Promise<PartHead> {
  for await (const { where, text } of rawLines(path)) return checkLine(text, PartHead, where);
  throw new NearmissError(`${path} is empty. Mine this part again.`);
}
