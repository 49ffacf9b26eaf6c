/**
 * Problems from any source, behind one call:
 *
 *     await readProblems({ reader: "gsm8k", path: "data/train.jsonl", shuffle: 7, limit: 200 })
 */
import { basename } from "node:path";
import { NearmissError } from "../../errors.js";
import { random } from "../../random.js";
import { check } from "../jsonl.js";
import type { Problem } from "../records.js";
import { synthetic } from "../synthetic/index.js";
import { type Fields, type FormatName, formatOf } from "./formats.js";
import { datasetFiles } from "./huggingface.js";
import { rowsOf } from "./rows.js";
import { ProblemSource, type ProblemSourceInput } from "./source.js";

export { ProblemSource, type ProblemSourceInput };

/** A problem with the group that a split must keep together. */
interface Grouped {
  problem: Problem;
  group: string;
  where: string;
}

type SourceOf<Reader extends ProblemSource["reader"]> = Extract<ProblemSource, { reader: Reader }>;

const CURE =
  "Mend or remove the record; or, if the data is of another kind, choose the reader that fits, or `reader: jsonl` with `fields` that name its fields.";

/** How each reader finds its problems. A reader without an entry is a compile error. */
const READERS: {
  [Reader in ProblemSource["reader"]]: (source: SourceOf<Reader>) => AsyncGenerator<Grouped>;
} = {
  gsm8k: (source) => fromFiles([source.path], "gsm8k", "gsm8k"),
  metamath: (source) => fromFiles([source.path], "metamath", "metamath"),
  svamp: (source) => fromFiles([source.path], "svamp", "svamp"),
  mawps: (source) => fromFiles([source.path], "mawps", "mawps"),
  math: (source) => fromFiles([source.path], "math", "math"),
  jsonl: (source) => fromFiles([source.path], source.fields, stem(source.path)),
  parquet: (source) => fromFiles([source.path], source.fields, stem(source.path)),
  async *huggingface(source) {
    yield* fromFiles(await datasetFiles(source), source.format, source.dataset);
  },
  async *synthetic({ count, seed, split, minSteps, maxSteps, families }) {
    const options = Object.fromEntries(
      Object.entries({ minSteps, maxSteps, families }).filter(([, value]) => value !== undefined),
    );
    for (const { id, question, answer, solution, source, type } of synthetic({
      count,
      seed,
      split,
      ...options,
    })) {
      yield { problem: { id, question, answer, solution, source, type }, group: question, where: id };
    }
  },
};

/**
 * Reads, splits, shuffles and cuts as the source says. Ids are stable: they depend on the row, not on the selection.
 * @throws NearmissError naming file, line, field and cure; also where nothing is left, or two problems share an id.
 */
export async function readProblems(spec: ProblemSourceInput): Promise<Problem[]> {
  const source = check(spec, ProblemSource, "problem source", "Mend the source.");
  const { partition, shuffle, offset = 0, limit = Number.POSITIVE_INFINITY } = source;
  const found: Problem[] = [];
  const places = new Map<string, string>();
  for await (const { problem, group, where } of open(source)) {
    const before = places.get(problem.id);
    if (before !== undefined) {
      throw new NearmissError(
        `${where}: the id "${problem.id}" is taken by ${before}. Give each problem its own id.`,
      );
    }
    places.set(problem.id, where);
    if (partition !== undefined && sideOf(group, partition.test) !== partition.take) continue;
    found.push(problem);
    if (shuffle === undefined && found.length >= offset + limit) break;
  }
  const ordered = shuffle === undefined ? found : random(shuffle, "shuffle problems").shuffle(found);
  const selected = ordered.slice(offset, offset + limit);
  if (selected.length === 0) {
    const name = "path" in source ? source.path : `the ${source.reader} source`;
    throw new NearmissError(
      `No problems are left: ${name} has ${found.length}, and the first ${offset} are skipped. Check the path, \`offset\` and \`partition\`.`,
    );
  }
  return selected;
}

function open<Reader extends ProblemSource["reader"]>(source: SourceOf<Reader>): AsyncGenerator<Grouped> {
  const reader: (source: SourceOf<Reader>) => AsyncGenerator<Grouped> = READERS[source.reader];
  return reader(source);
}

async function* fromFiles(
  paths: readonly string[],
  format: FormatName | Fields,
  source: string,
): AsyncGenerator<Grouped> {
  const schema = formatOf(format);
  for (const path of paths) {
    const name = idPrefix(source, stem(path));
    for await (const { where, index, value } of rowsOf(path)) {
      const { question, answer, solution, type, id, group } = check(value, schema, where, CURE);
      const problem: Problem = { id: id ?? `${name}-${index}`, question, answer, source };
      if (solution !== undefined) problem.solution = solution;
      if (type !== undefined) problem.type = type;
      yield { problem, group: group ?? question, where };
    }
  }
}

/** "gsm8k" and "train" as "gsm8k-train"; "mine" and "mine" as "mine". */
function idPrefix(source: string, file: string): string {
  const name = source.split("/").at(-1) ?? source;
  return file.toLowerCase().startsWith(name.toLowerCase()) ? file : `${name}-${file}`;
}

function stem(path: string): string {
  return basename(path).replace(/\.[A-Za-z]\w*$/, "");
}

/** Which side of a split a group is on: fixed by its text, however it is spaced or capitalised. */
function sideOf(group: string, test: number): "train" | "test" {
  const normal = group.toLowerCase().replace(/\s+/g, " ").trim();
  return random(0, "partition", normal).next() < test ? "test" : "train";
}
