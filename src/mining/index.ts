/** The public mining API, `nearmiss/mining`: verdicts in, preference pairs out. Pure. */
export { Mistakes } from "./frequency.js";
export { closeness, type Graded, hardness } from "./hardness.js";
export { type MineInput, type MineResult, minePairs } from "./mine.js";
export { isNearMiss, type Judged, mainDimension } from "./near-miss.js";
export { MiningOptions } from "./options.js";
export { type Computation, computationsOf, traceOverlap } from "./overlap.js";
export { type Made, PairMaker } from "./pairs.js";
export { type Perturbation, perturb, perturbations } from "./perturb/index.js";
export { PERTURBATION_KINDS, type PerturbationKind } from "./perturb/kinds.js";
export { Prepared, prepareProblem } from "./prepare.js";
export { MiningReport } from "./report.js";
export { joinSamples, type ListNames, type Sample } from "./samples.js";
