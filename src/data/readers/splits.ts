/** Which files of a data set repository hold a split, by the Hub's naming customs. */
import { NearmissError } from "../../errors.js";

const DATA_FILE = /\.(parquet|jsonl|ndjson|json)$/;
/** Metadata that stands beside the data. */
const METADATA =
  /(^|\/)(\.|dataset_infos?\.json$|dataset_dict\.json$|state\.json$|config\.json$|package\.json$)/;
const SPLIT_NAMES = /^(train|training|test|testing|validation|valid|val|dev|eval)$/;

export interface Wanted {
  dataset: string;
  config?: string | undefined;
  split: string;
}

/**
 * The files of one split, in order: those whose name or folder is the split's ("main/train-00000-of-00001.parquet",
 * "data/test/0000.parquet", "train.jsonl"). Where no file names any split, all of them are "train". Of a split stored
 * twice, Parquet is taken.
 * @throws NearmissError that lists what there is: no data, no such split or configuration, or several configurations.
 */
export function splitFiles(paths: readonly string[], { dataset, config, split }: Wanted): string[] {
  const data = paths.filter((path) => DATA_FILE.test(path) && !METADATA.test(path));
  if (data.length === 0) {
    throw new NearmissError(
      `The data set ${dataset} holds no Parquet, JSONL or JSON files. Convert it, and read it with \`reader: jsonl\`.`,
    );
  }
  const configured = config === undefined ? data : data.filter((path) => path.split(/[/.]/).includes(config));
  const named = configured.filter((path) => words(path).includes(split));
  const unnamed = configured.every((path) => !words(path).some((word) => SPLIT_NAMES.test(word)));
  const found = unnamed && split === "train" ? configured : named;
  if (found.length === 0) {
    const asked = config === undefined ? `split "${split}"` : `split "${split}" of configuration "${config}"`;
    throw new NearmissError(`The data set ${dataset} has no ${asked}. Its data files: ${some(data)}.`);
  }
  const parquet = found.filter((path) => path.endsWith(".parquet"));
  const files = (parquet.length > 0 ? parquet : found).sort();
  const folders = [...new Set(files.map((path) => path.split("/").slice(0, -1).join("/")))];
  if (folders.length > 1) {
    throw new NearmissError(
      `The data set ${dataset} has several configurations with a split "${split}": ${some(folders)}. Name one with \`config\`.`,
    );
  }
  return files;
}

function words(path: string): string[] {
  return path.split(/[/._-]/);
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => (name === "" ? "(top folder)" : name));
  return names.length > shown.length
    ? `${shown.join(", ")} and ${names.length - shown.length} more`
    : shown.join(", ");
}
