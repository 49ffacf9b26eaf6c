/** What an expression is evaluated with. */
import type { Budget } from "../limits.js";
import type { Rational } from "./rational.js";
import type { Value } from "./value.js";

/** How an ambiguous spelling is read. */
export interface Reading {
  /** `20%` as the number 20 instead of one fifth. */
  readonly percentAsNumber?: boolean;
  /** `2\frac14` as a product instead of a mixed number. */
  readonly mixedAsProduct?: boolean;
  /** `50 - 20%` as 20 % off 50. */
  readonly percentOfLeft?: boolean;
  /** `-3^2` as (-3)^2. */
  readonly signFirst?: boolean;
  /** What `\log x` without a base is to; without this it has no value. */
  readonly logBase?: number;
  /** The unit of an inverse function's angle; without this it has no value, for texts mix the two. */
  readonly angles?: "radians" | "degrees";
}

export interface Scope {
  readonly variables?: ReadonlyMap<string, Value>;
  readonly reading?: Reading;
  readonly budget: Budget;
  /** A value to use in place of a written number (an earlier rounded result, say). */
  readonly replace?: (start: number) => Rational | undefined;
}
