import { z } from "zod";

const share = z.number().min(0).max(1);

/** Everything that steers the miner, with its defaults: `MiningOptions.parse({})` is the default recipe. */
export const MiningOptions = z
  .strictObject({
    seed: z.int().min(0).default(0),
    /** Least wrongness W of a hard negative. */
    tauW: share.default(0.3),
    /** Greatest absurdity A of a hard negative. */
    tauA: share.default(0.5),
    /** Least W^a (1 - A)^b closeness of a hard negative: below it a solution is wrong, but no near miss, however common. */
    tauHardness: share.default(0.1),
    /** Greatest relative distance of the answer for a wrong solution to count as a near miss. */
    nearDistance: share.default(0.5),
    /** Greatest W of a correct candidate that may be `chosen`; above it, its chain is in doubt. */
    chosenMaxW: share.default(0.2),
    /** Where no candidate may be chosen, take the data set's worked solution. */
    gold: z.boolean().default(true),
    /** The model's own wrong samples may be rejected; false: perturbed solutions alone, to see what its own are worth. */
    own: z.boolean().default(true),
    /** Exponents of hardness = W^a (1 - A)^b closeness frequency^c. */
    a: z.number().min(0).default(1),
    b: z.number().min(0).default(1),
    c: z.number().min(0).default(0),
    /** Share of the answer's nearness in closeness; the rest is the share of the trace in common. */
    answerShare: share.default(0.5),
    /** Factors of weight = clip((1 + alpha W)(1 - A)^kappa (1 + lambda closeness)(1 + mu frequency), wMin, wMax). */
    alpha: z.number().min(0).default(1),
    kappa: z.number().min(0).default(1),
    lambda: z.number().min(0).default(1),
    mu: z.number().min(0).default(0),
    wMin: z.number().positive().default(0.25),
    wMax: z.number().positive().default(4),
    maxPairsPerProblem: z.int().min(1).default(2),
    /** Cap on all pairs, shared out evenly over the dimensions; null for none. */
    maxPairs: z.int().min(1).nullable().default(null),
    /** Chosen and rejected may differ in length (characters) by this factor at most, either way. */
    lengthRatio: z.number().min(1).default(2),
    /** Two negatives of a problem whose token shingles have at least this Jaccard similarity are one. */
    dedupThreshold: share.default(0.9),
    /** The label-noise guard: see noise.ts. */
    noise: z
      .strictObject({
        enabled: z.boolean().default(true),
        /** Suspect when more than this share of the answered samples agree on one other answer ... */
        share: share.default(0.5),
        /** ... and at least so many of them do ... */
        minVotes: z.int().min(1).default(4),
        /** ... by chains whose arithmetic, algebra, grounding and form scores are all at most this. */
        maxFault: share.default(0.2),
      })
      .prefault({}),
    /** Perturbed negatives where the model's own are too few. */
    augment: z
      .strictObject({
        /** Negatives wanted of each problem before perturbed ones are made; 0 makes none. */
        fillTo: z.int().min(0).default(1),
        /** Greatest share of perturbed negatives among all pairs. */
        maxShare: share.default(0.5),
      })
      .prefault({}),
  })
  .refine(({ own, augment }) => own || (augment.maxShare === 1 && augment.fillTo > 0), {
    path: ["own"],
    message:
      "is false, which leaves perturbed solutions alone to reject: say `augment.maxShare: 1`, and keep `augment.fillTo` above 0",
  });
export type MiningOptions = z.infer<typeof MiningOptions>;
