/** A look at what a recipe reads, before anything is computed: the model's files and the problems. */
import { type ProblemSource, readProblems } from "../data/readers/index.js";
import { NearmissError } from "../errors.js";
import { readAdapter, readLoraShape } from "../model/adapter.js";
import type { ModelFacts, ModelSource } from "./model.js";
import type { Recipe } from "./schema.js";
import { silent } from "./stage.js";
import { checkPython } from "./torch/python.js";

export interface Inspection {
  /** Null for a name of the Hub, which is not asked. */
  readonly model: ModelFacts | null;
  /** How many each source has, by its place under `problems`; null for a data set of the Hub, which is not asked. */
  readonly problems: Readonly<Record<string, number | null>>;
}

/**
 * Reads the headers of the model's files and all problems, and asks for the Python that is to train; nothing is
 * downloaded or written.
 * @throws NearmissError with all that is wrong, by its place in the recipe
 */
export async function inspect(
  { problems, adapter, train: training }: Recipe,
  source: ModelSource,
): Promise<Inspection> {
  const faults: string[] = [];
  const model = source.onHub ? null : await tried("model", faults, () => source.look(silent));
  // Of a model of the Hub nothing is known yet that an adapter could fit.
  const begin = (folder: string): Promise<unknown> =>
    model === null ? readLoraShape(folder) : readAdapter(folder, model.config);
  if (adapter !== undefined) await tried("adapter", faults, () => begin(adapter));
  const { train, test, transfer } = problems;
  const sources = { train, test, ...prefixed("transfer.", transfer) };
  const counts: Record<string, number | null> = {};
  for (const [place, from] of Object.entries(sources))
    counts[place] = await tried(`problems.${place}`, faults, () => count(from));
  if (training.engine === "torch") await tried("train", faults, () => checkPython(training));
  if (faults.length > 0) throw new NearmissError(faults.join("\n"));
  return { model, problems: counts };
}

const prefixed = <T>(prefix: string, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));

async function tried<T>(place: string, faults: string[], look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof NearmissError)) throw error;
    faults.push(`${place}: ${error.message}`);
    return null;
  }
}

async function count(source: ProblemSource): Promise<number | null> {
  return source.reader === "huggingface" ? null : (await readProblems(source)).length;
}
