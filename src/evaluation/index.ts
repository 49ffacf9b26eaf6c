export { type BootstrapOptions, type Difference, pairedBootstrap } from "./bootstrap.js";
export { type CompareOptions, compareArms } from "./compare.js";
export { holm } from "./holm.js";
export { mcnemarExact } from "./mcnemar.js";
export { armNames, type PooledArm, type PooledComparison, poolRuns } from "./pool.js";
export { ArmResult, Comparison, Transfer } from "./schema.js";
export { nearMissDimensions, nearMissSlice } from "./slices.js";
export { type Interval, wilson } from "./wilson.js";
