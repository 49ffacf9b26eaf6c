/** The learning rate as a function of the step: linear warm-up, then one of a table of shapes down to a floor. */

export const SCHEDULES = ["cosine", "linear", "constant"] as const;
type Schedule = (typeof SCHEDULES)[number];

/** From 1 at progress 0 to 0 at progress 1. */
const SHAPES: { readonly [S in Schedule]: (progress: number) => number } = {
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
  linear: (progress) => 1 - progress,
  constant: () => 1,
};

export interface ScheduleOptions {
  readonly schedule: Schedule;
  /** The peak. */
  readonly learningRate: number;
  /** Share of the steps in warm-up, rounded up to whole steps. */
  readonly warmupRatio: number;
  /** Where the shape ends, as a share of the peak. */
  readonly learningRateFloor: number;
}

/**
 * The learning rate of a 0-based step out of `steps`. Warm-up of w steps gives 1/(w+1), ..., w/(w+1) of the peak, so no
 * step is spent on a rate of 0; the first step after it has the peak itself.
 */
export function learningRateAt(step: number, steps: number, options: ScheduleOptions): number {
  const { learningRate, learningRateFloor: floor } = options;
  const warmup = Math.ceil(options.warmupRatio * steps);
  if (step < warmup) return (learningRate * (step + 1)) / (warmup + 1);
  const progress = (step - warmup) / Math.max(1, steps - warmup);
  return learningRate * (floor + (1 - floor) * SHAPES[options.schedule](progress));
}
