/** What the playground asks of the server. */
import { z } from "zod";
import { ask, post } from "./live.js";

const Means = z.object({ model: z.string().nullable(), wasm: z.boolean() });
export type Means = z.infer<typeof Means>;

/** Whether a model is loaded, and whether the page may train. */
export async function means(): Promise<Means> {
  return Means.parse(await (await ask("api/playground")).json());
}

export interface SampleOptions {
  readonly question: string;
  readonly n: number;
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
}

const Sampled = z.union([
  z.object({ text: z.string(), tokenCount: z.number(), finishReason: z.enum(["stop", "length"]) }),
  z.object({ error: z.string() }),
]);
export type Sampled = Exclude<z.infer<typeof Sampled>, { error: string }>;

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
      const sampled = Sampled.parse(JSON.parse(line));
      if ("error" in sampled) throw new Error(sampled.error);
      yield sampled;
    }
  }
}
