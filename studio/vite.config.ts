/**
 * Builds the page into `dist/page`: `vite build` makes its one script and one style sheet, `vite build --mode worker` the
 * worker that trains. Names are fixed, and the page's script stands alone: a report carries it inside.
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

export default defineConfig(({ mode }) => ({
  root: folder,
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [outsideWasm],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/page",
    emptyOutDir: mode !== "worker",
    target: "es2023",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: mode === "worker" ? `${folder}/train-worker.ts` : `${folder}/index.html`,
      output: {
        entryFileNames: "[name].js",
        assetFileNames: "[name][extname]",
        codeSplitting: false,
      },
    },
  },
}));
