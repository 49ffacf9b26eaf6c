/** Property tests draw the same cases in every run; NEARMISS_PROPERTY_SEED=N draws others. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.NEARMISS_PROPERTY_SEED ?? 1) });
