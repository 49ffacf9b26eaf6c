/** The playground's routes: samples of a loaded model as they finish, and what the page needs to train by itself. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Hono } from "hono";
import { stream } from "hono/streaming";
import { z } from "zod";
import type { TrainingKit } from "../kit.js";

/** The script of the page that may compile WebAssembly. */
export const WORKER = "train-worker.js";
const WASM = "ort-wasm-simd-threaded.wasm";

/** Bounds of what a page may ask of this machine. */
export const SampleRequest = z.strictObject({
  question: z.string().min(1).max(8000),
  n: z.int().min(1).max(16),
  temperature: z.number().min(0).max(2),
  maxTokens: z.int().min(1).max(512),
  seed: z.int().min(0),
});
export type SampleRequest = z.infer<typeof SampleRequest>;

export interface Sampled {
  readonly text: string;
  readonly tokenCount: number;
  readonly finishReason: "stop" | "length";
}

/** What the playground computes with; the command line fills it in. */
export interface Playground {
  /** The loaded model's name, or null where none was named. */
  readonly model: string | null;
  sample(request: SampleRequest, signal: AbortSignal): AsyncIterable<Sampled>;
  /** The small model with problems to train on, and its weights' bytes. */
  kit(): Promise<{ readonly kit: TrainingKit; readonly weights: Uint8Array }>;
}

export function playgroundRoutes(playground: Playground): Hono {
  const app = new Hono();
  const wasm = wasmFile();
  let busy = false;

  app.get("/api/playground", (c) => c.json({ model: playground.model, wasm: wasm !== null }));

  app.post("/api/playground/sample", async (c) => {
    const request = SampleRequest.parse(await c.req.json());
    if (playground.model === null) {
      return c.json({ error: "No model is loaded. Start again with: nearmiss studio --model FOLDER" }, 400);
    }
    if (busy) return c.json({ error: "The model is at work for another page. Wait, or cancel there." }, 409);
    busy = true;
    const controller = new AbortController();
    c.header("content-type", "application/x-ndjson; charset=utf-8");
    return stream(c, async (out) => {
      out.onAbort(() => controller.abort(new Error("cancelled")));
      try {
        for await (const sampled of playground.sample(request, controller.signal)) {
          await out.write(`${JSON.stringify(sampled)}\n`);
        }
      } catch (error) {
        if (!controller.signal.aborted) {
          await out.write(
            `${JSON.stringify({ error: error instanceof Error ? error.message : String(error) })}\n`,
          );
        }
      } finally {
        busy = false;
      }
    });
  });

  let kit: ReturnType<Playground["kit"]> | null = null;
  const kept = () => {
    kit ??= playground.kit();
    return kit;
  };
  app.get("/api/playground/kit", async (c) => c.json((await kept()).kit));
  app.get("/api/playground/weights", async (c) =>
    c.body(new Uint8Array((await kept()).weights), 200, { "content-type": "application/octet-stream" }),
  );
  app.get(`/${WASM}`, (c) =>
    wasm === null
      ? c.json({ error: "onnxruntime-web is not installed." }, 404)
      : c.body(new Uint8Array(readFileSync(wasm)), 200, { "content-type": "application/wasm" }),
  );
  return app;
}

/** ONNX Runtime's WebAssembly, where the optional package is installed. */
function wasmFile(): string | null {
  try {
    const entry = createRequire(import.meta.url).resolve("onnxruntime-web/wasm");
    const file = join(dirname(entry), WASM);
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}
