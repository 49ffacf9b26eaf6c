/** A page in Chromium whose every request is answered by the test itself. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { chromium, type Page } from "playwright-core";
import { CHROMIUM } from "./chromium.js";

/** Where the page believes to be. */
const ORIGIN = "http://localhost";

const DIST = "node_modules/onnxruntime-web/dist";

/** What a page needs for a device: ONNX Runtime's build for browsers, and (without a card) a driver in software. */
const DEVICES = {
  cpu: { wasm: "ort-wasm-simd-threaded.wasm", args: [] },
  webgpu: {
    wasm: "ort-wasm-simd-threaded.asyncify.wasm",
    args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
  },
} as const;
export type PageDevice = keyof typeof DEVICES;

/** A page's script as a bundler makes it, with the files that went into it. */
export async function bundle(
  entry: Pick<BuildOptions, "entryPoints" | "stdin" | "alias">,
  device: PageDevice,
): Promise<{ code: string; inputs: Metafile["inputs"] }> {
  const { outputFiles, metafile } = await build({
    ...entry,
    bundle: true,
    write: false,
    metafile: true,
    platform: "browser",
    conditions: device === "webgpu" ? ["webgpu"] : [],
    format: "esm",
    logLevel: "silent",
  });
  return { code: outputFiles?.[0]?.text ?? "", inputs: metafile?.inputs ?? {} };
}

/** Opens a page with a script, ONNX Runtime and some files beside it, and hands it to `use`. */
export async function inPage<T>(
  device: PageDevice,
  code: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const { wasm, args } = DEVICES[device];
  const served: Record<string, readonly [type: string, body: string | Uint8Array]> = {
    "/": ["text/html", '<!doctype html><script type="module" src="/page.js"></script>'],
    "/page.js": ["text/javascript", code],
    [`/${wasm}`]: ["application/wasm", await readFile(join(DIST, wasm))],
  };
  for (const [path, body] of Object.entries(files)) served[path] = ["application/octet-stream", body];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", ...args] });
  try {
    const page = await browser.newPage();
    await page.route("**", async (route) => {
      const file = served[new URL(route.request().url()).pathname];
      if (file === undefined) return route.fulfill({ status: 404 });
      return route.fulfill({ contentType: file[0], body: Buffer.from(file[1]) });
    });
    await page.goto(ORIGIN);
    return await use(page);
  } finally {
    await browser.close();
  }
}
