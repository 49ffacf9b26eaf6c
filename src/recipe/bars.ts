/** A training's progress, drawn as one bar a phase. */
import type { Progress as TrainingProgress } from "../training/loop.js";
import type { Progress, Task } from "./stage.js";

type Shown = Pick<TrainingProgress, "phase" | "step" | "steps" | "tokensPerSecond"> & {
  readonly loss?: number | undefined;
};

/** One bar a phase: reference log-probabilities, then training. */
export class Bars {
  private phase: TrainingProgress["phase"] | null = null;
  private task: Task | null = null;
  constructor(private readonly progress: Progress) {}

  show({ phase, step, steps, loss, tokensPerSecond }: Shown): void {
    if (phase !== this.phase) {
      this.end();
      this.phase = phase;
      const [label, unit] = phase === "reference" ? ["  reference", "batches"] : ["  training", "steps"];
      this.task = this.progress.start(label, steps, unit, step - 1);
    }
    const shown = loss === undefined ? "" : `loss ${loss.toFixed(4)}, `;
    this.task?.update(step, `${shown}${tokensPerSecond.toFixed(0)} tokens/s`);
  }

  end(): void {
    this.task?.end();
    this.task = null;
  }
}
