/**
 * `npm run bench -- NAME [--option value]`: prints figures for people and, as its last line, one JSON object.
 *
 * Run it on an otherwise idle machine; compare ratios of one sitting, for absolute figures drift.
 */
import { parseArgs } from "node:util";

/** Loaded only when named, so that one bench does not pay for another's imports. */
const BENCHES: Record<string, () => Promise<{ run(options: Record<string, string>): Promise<object> }>> = {
  labels: () => import("./labels.js"),
  mutations: () => import("./mutations.js"),
  pairs: () => import("./pairs.js"),
  pipeline: () => import("./pipeline.js"),
  precision: () => import("./precision.js"),
  profile: () => import("./profile.js"),
  sample: () => import("./sample.js"),
  train: () => import("./train.js"),
  verifier: () => import("./verifier.js"),
};

const { values, positionals, tokens } = parseArgs({ allowPositionals: true, strict: false, tokens: true });
const bench = BENCHES[positionals[0] ?? ""];
if (bench === undefined) {
  console.error(
    `usage: npm run bench -- NAME [--option value]; NAME is one of ${Object.keys(BENCHES).join(", ")}`,
  );
  process.exit(2);
}
// Options are free: each bench names its own. `--model x` and `--model=x` are the same.
const options: Record<string, string> = {};
for (const [i, token] of tokens.entries()) {
  if (token.kind !== "option") continue;
  const next = tokens[i + 1];
  const loose = next?.kind === "positional" ? next.value : "true";
  options[token.name] =
    token.value ?? (typeof values[token.name] === "string" ? String(values[token.name]) : loose);
}
const { run } = await bench();
console.log(JSON.stringify(await run(options)));
