/**
 * What belongs to each step, in the order given: one pass, for there may be thousands of steps and of items. What belongs to
 * no step is left out.
 */
export function byStep<T>(
  steps: readonly unknown[],
  items: readonly T[],
  stepOf: (item: T) => number,
): readonly (readonly T[])[] {
  const lists = steps.map((): T[] => []);
  for (const item of items) lists[stepOf(item)]?.push(item);
  return lists;
}
