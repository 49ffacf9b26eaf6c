/** Where the sides of a pair are from: "gold", "sample:INDEX", "perturbed:KIND". Pure. */

/** "sample:3" as 3; null for other sources. */
export function sampleOf(source: string): number | null {
  const [kind, index] = source.split(":");
  return kind === "sample" ? Number(index) : null;
}

/** The samples that are rejected sides, as problem and index. */
export function rejectedSamples(
  pairs: readonly { readonly problemId: string; readonly rejectedSource: string }[],
): (readonly [problemId: string, index: number])[] {
  return pairs.flatMap(({ problemId, rejectedSource }) => {
    const index = sampleOf(rejectedSource);
    return index === null ? [] : [[problemId, index] as const];
  });
}
