/** The run's seed in a recipe: blocks that name none of their own take it, and what a recipe is without it. */

/** Blocks with a seed of their own, which is the recipe's unless they say otherwise. */
const SEEDED = ["sft", "dpo", "mine"];

/** Puts the recipe's seed, where it names one, into its blocks that name none. */
export function inheritSeed(recipe: object): void {
  if (!("seed" in recipe)) return;
  for (const name of SEEDED) {
    const block: unknown = Reflect.get(recipe, name) === undefined ? {} : Reflect.get(recipe, name);
    if (block === null || typeof block !== "object" || Array.isArray(block)) continue;
    if (!("seed" in block)) Reflect.set(block, "seed", recipe.seed);
    Reflect.set(recipe, name, block);
  }
}

/** A resolved recipe without the run's seed, wherever it stands: runs whose recipes are then the same can be pooled. */
export function seedless(recipe: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { seed, ...rest } = recipe;
  const without = (block: unknown) =>
    typeof block === "object" && block !== null && "seed" in block && block.seed === seed
      ? { ...block, seed: undefined }
      : block;
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, SEEDED.includes(key) ? without(value) : value]),
  );
}
