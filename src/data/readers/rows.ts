/** The rows of a file of any kind we know, each with the place to name when it is wrong. */
import { open, readFile } from "node:fs/promises";
import { z } from "zod";
import { fileError } from "../folder.js";
import { readJson, readJsonlLines } from "../jsonl.js";
import { parquetRows } from "./parquet.js";

export interface Row {
  /** "train.jsonl:12", "SVAMP.json[3]" */
  where: string;
  /** 0-based in its file. */
  index: number;
  value: unknown;
}

/** Rows of a JSONL file, a JSON file that is one array, or a Parquet file; told apart by their first bytes. */
export async function* rowsOf(path: string): AsyncGenerator<Row> {
  const head = await firstBytes(path);
  if (head.startsWith("PAR1")) yield* numbered(path, await parquetRows(await readFile(path), path));
  else if (
    head
      .replace(/^\uFEFF/, "")
      .trimStart()
      .startsWith("[")
  ) {
    yield* numbered(path, await readJson(path, z.array(z.unknown())));
  } else {
    let index = 0;
    for await (const { line, value } of readJsonlLines(path, z.unknown())) {
      yield { where: `${path}:${line}`, index: index++, value };
    }
  }
}

function* numbered(path: string, values: readonly unknown[]): Generator<Row> {
  for (const [index, value] of values.entries()) yield { where: `${path}[${index}]`, index, value };
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
      return buffer.toString("utf8", 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path, "read");
  }
}
