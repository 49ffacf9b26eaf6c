/**
 * Builds the page into `dist/page`: `vite build` the studio's, whose larger libraries are scripts of their own, loaded when
 * a view needs them; `--mode report` the one script that a report carries inside; `--mode worker` the worker that trains.
 */
import { defineConfig, type Plugin } from "vite";

const folder = import.meta.dirname;

/** ONNX Runtime's WebAssembly stays in its own package, from which the studio serves it. */
const outsideWasm: Plugin = {
  name: "outside-wasm",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("onnxruntime-web")) return null;
    return code.replaceAll(
      /new URL\("(ort-wasm[^"]+)",\s*import\.meta\.url\)/g,
      'new URL("$1", self.location.href)',
    );
  },
};

const ALONE: Readonly<Record<string, string>> = { report: "report.tsx", worker: "train-worker.ts" };

export default defineConfig(({ mode }) => ({
  root: folder,
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [outsideWasm],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: !(mode in ALONE),
    target: "es2023",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: `${folder}/${ALONE[mode] ?? "index.html"}`,
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "part-[name].js",
        assetFileNames: "[name][extname]",
        ...(mode in ALONE ? { codeSplitting: false } : {}),
      },
    },
  },
}));
