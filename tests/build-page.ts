/** Builds the studio's page before the tests where its sources are newer than what is built. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const SOURCES = ["studio", "src"];
const BUILT = ["dist/page/index.html", "dist/page/report.js", "dist/page/train-worker.js"];

export default async function buildPage(): Promise<void> {
  const changed = Math.max(...SOURCES.map(newest));
  const built = Math.min(...BUILT.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0));
  if (built > changed) return;
  for (const mode of ["production", "report", "worker"])
    await build({ configFile: "studio/vite.config.ts", mode });
}

function newest(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => /\.(tsx?|css|html)$/.test(name) && !name.endsWith(".test.ts"));
  return Math.max(...files.map((name) => statSync(join(folder, name)).mtimeMs));
}
