/** Which runs can be pooled, by their resolved recipes, and the recipe of all of them together. */
import { seedless } from "./seed.js";

type Resolved = Readonly<Record<string, unknown>>;

/**
 * The first two recipes that describe different experiments, by their places. Runs may differ in their seed, in what they
 * are called, in their arms, and in which other problems they were tried on; the same name must mean the same problems.
 */
export function unpoolable(recipes: readonly Resolved[]): readonly [number, number] | null {
  for (const [i, recipe] of recipes.entries()) {
    const j = recipes.findIndex((earlier, at) => at < i && !alike(earlier, recipe));
    if (j !== -1) return [j, i];
  }
  return null;
}

/** The recipe that all runs are parts of, without a seed: the first one's, with every arm and every transfer set. */
export function pooledRecipe(recipes: readonly Resolved[], arms: readonly string[]): Record<string, unknown> {
  const [first = {}] = recipes;
  const { problems } = first;
  const transfer = Object.assign({}, ...recipes.map(transferOf));
  return {
    ...seedless(first),
    ...("arms" in first ? { arms } : {}),
    ...(isRecord(problems) ? { problems: { ...problems, transfer } } : {}),
  };
}

function alike(x: Resolved, y: Resolved): boolean {
  const [ofX, ofY] = [transferOf(x), transferOf(y)];
  const shared = Object.keys(ofX).filter((name) => name in ofY);
  return same(core(x), core(y)) && shared.every((name) => same(ofX[name], ofY[name]));
}

/** What must be the same in all. */
function core(recipe: Resolved): Resolved {
  const { name: _name, arms: _arms, problems, ...rest } = seedless(recipe);
  return { ...rest, problems: isRecord(problems) ? { ...problems, transfer: undefined } : problems };
}

const transferOf = ({ problems }: Resolved): Resolved =>
  isRecord(problems) && isRecord(problems.transfer) ? problems.transfer : {};

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
