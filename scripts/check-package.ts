/**
 * `npm run check-package`: packs the package, has its types checked (attw), installs it in an empty folder as a user would,
 * and runs the pipeline from there, in small.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const MAX_BYTES = 15e6;
/** A run of the quick start's recipe that is over in seconds. */
const SMALL = [
  ...["problems.train.count=24", "problems.test.count=12", "sample.n=3", "eval.nearMissSamples=1"],
  ...["sft.maxSteps=2", "dpo.maxSteps=2"],
];

const folder = mkdtempSync(join(tmpdir(), "nearmiss-package-"));
const run = (command: string, args: readonly string[], cwd = folder) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });

try {
  const Packed = z
    .array(z.object({ filename: z.string(), unpackedSize: z.number(), entryCount: z.number() }))
    .length(1);
  const [packed] = Packed.parse(
    JSON.parse(run("npm", ["pack", "--json", "--silent", "--pack-destination", folder], ".")),
  );
  if (packed === undefined) throw new Error("npm pack made no package");
  console.log(
    `${packed.filename}: ${packed.entryCount} files, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked`,
  );
  if (packed.unpackedSize > MAX_BYTES) throw new Error(`larger than ${MAX_BYTES / 1e6} MB`);

  console.log(run("npm", ["run", "--silent", "attw", "--", join(folder, packed.filename)], "."));

  writeFileSync(join(folder, "package.json"), '{ "name": "user", "private": true, "type": "module" }');
  run("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--loglevel=error",
    `./${packed.filename}`,
  ]);
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const nearmiss = (...args: string[]) => run("npx", ["--no-install", "nearmiss", ...args]);
  if (nearmiss("--version").trim() !== version) throw new Error("--version tells another version");

  const use = `
    import { verify } from "nearmiss/verifier";
    import { minePairs } from "nearmiss/mining";
    import { Graph } from "nearmiss/engine";
    import { readProblems } from "nearmiss";
    const { correct } = verify({ question: "What is 2 + 2?", solution: "2 + 2 = 4", reference: "4" });
    if (!correct || [minePairs, Graph, readProblems].some((value) => typeof value !== "function")) throw new Error("wrong exports");
  `;
  run("node", ["--input-type=module", "--eval", use]);

  const recipe = join("node_modules", "nearmiss", "recipes", "quickstart.yaml");
  console.log(nearmiss("run", recipe, "--out", "run", ...SMALL.flatMap((setting) => ["--set", setting])));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
