/** What the playground asks of the server. */
import type { Sampled } from "../../src/studio/server/playground.js";
import { ask, post } from "./live.js";

export interface Means {
  /** Null: none is loaded. */
  readonly model: string | null;
  readonly wasm: boolean;
}

/** Whether a model is loaded, and whether the page may train. */
export async function means(): Promise<Means> {
  return (await ask("api/playground")).json();
}

export interface SampleOptions {
  readonly question: string;
  readonly n: number;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
}

/** Samples as they finish. @throws the server's complaint; an AbortError when cancelled */
export async function* sample(options: SampleOptions, signal: AbortSignal): AsyncGenerator<Sampled> {
  const { body } = await post("api/playground/sample", options, signal);
  if (body === null) return;
  let held = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (held + value).split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) {
      const sampled: Sampled | { error: string } = JSON.parse(line);
      if ("error" in sampled) throw new Error(sampled.error);
      yield sampled;
    }
  }
}
