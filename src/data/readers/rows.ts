/** The rows of a file of any kind we know, each with the place to name when it is wrong. */
import { z } from "zod";
import { startOf } from "../bytes.js";
import { checkLine, readJson } from "../jsonl.js";
import { rawLines } from "../lines.js";

export interface Row {
  /** "train.jsonl:12", "SVAMP.json[3]" */
  where: string;
  /** 0-based in its file. */
  index: number;
  value: unknown;
}

/**
 * Rows of a JSON file that is one array, or of JSONL (gzip and zstd too) or Parquet; told apart by their first bytes.
 */
export async function* rowsOf(path: string): AsyncGenerator<Row> {
  let index = 0;
  if (/^\uFEFF?\s*\[/.test((await startOf(path)).toString("utf8"))) {
    for (const value of await readJson(path, z.array(z.unknown())))
      yield { where: `${path}[${index}]`, index: index++, value };
    return;
  }
  for await (const { where, text } of rawLines(path))
    yield { where, index: index++, value: checkLine(text, z.unknown(), where) };
}
