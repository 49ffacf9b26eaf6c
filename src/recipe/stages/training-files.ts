/** Where an arm's training writes in the run folder. */
export function trainingFiles(path: (...parts: string[]) => string, arm: string) {
  return {
    adapter: path("adapters", arm),
    checkpoints: path("checkpoints", arm),
    metrics: path("metrics.jsonl"),
    reference: path("reference"),
  };
}
