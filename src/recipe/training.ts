/** What the training stages have in common: where their files go, and how they tell how far they are. */
import type { Progress as TrainingProgress } from "../training/loop.js";
import type { Progress, Task } from "./stage.js";

export function trainingFolders(path: (...parts: string[]) => string, arm: string) {
  return { folder: path("checkpoints", arm), metricsFile: path("metrics.jsonl") };
}

/** The two callbacks of a training run, drawn as one bar a phase; `end` closes the last. */
export function trainingReports(progress: Progress) {
  let phase = "";
  let task: Task | null = null;
  return {
    onProgress(report: TrainingProgress): void {
      if (report.phase !== phase) {
        task?.end();
        phase = report.phase;
        const label = phase === "reference" ? "  reference" : "  training";
        task = progress.start(label, report.steps, phase === "reference" ? "batches" : "steps");
      }
      const loss = report.loss === undefined ? "" : `loss ${report.loss.toFixed(4)}, `;
      task?.update(report.step, `${loss}${report.tokensPerSecond.toFixed(0)} tokens/s`);
    },
    onNotice: (message: string): void => progress.note(`  ${message}`),
    end: (): void => task?.end(),
  };
}
