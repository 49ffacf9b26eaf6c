import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeMerged } from "./export.js";
import { ModelSource } from "./model.js";
import { silent } from "./stage.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-export-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Exports a model with a fresh adapter; the folder that it was written to. */
async function exported(change: (model: string) => void): Promise<string> {
  const [model, adapter, out] = ["model", "adapter", "out"].map((name) => join(folder, name));
  if (model === undefined || adapter === undefined || out === undefined) throw new Error("no paths");
  cpSync("assets/tiny", model, { recursive: true });
  change(model);
  const opened = await new ModelSource("tiny").open(silent);
  await opened.trainable(await opened.adapter({ rank: 2, alpha: 4 }, 1)).save(adapter);
  await writeMerged(model, adapter, out, (lora, found) => `rank ${lora.rank}, ${found}`);
  return out;
}

test.each([
  ["---\nlicense: apache-2.0\ntags: [x]\n---\n# Base\nlicense: mit\n", "apache-2.0"],
  ['---\r\ntags: [x]\r\nlicense: "mit"\r\n---\r\n# Base\r\n', "mit"],
  ["# Base\nlicense: mit\n", null],
])(
  "a merged model's card is given the adapter's shape and the base card's licence: %j",
  async (base, licence) => {
    const out = await exported((model) => writeFileSync(join(model, "README.md"), base));
    expect(readFileSync(join(out, "README.md"), "utf8")).toBe(`rank 2, ${licence}`);
  },
);

test("a merged model says its rotary base by the older name too", async () => {
  const out = await exported((model) => {
    const path = join(model, "config.json");
    const { rope_theta: _, ...config } = JSON.parse(readFileSync(path, "utf8"));
    const rope_parameters = { rope_theta: 5000, rope_type: "default" };
    writeFileSync(path, JSON.stringify({ ...config, rope_parameters }));
  });
  const written = JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(written).toMatchObject({ rope_theta: 5000, rope_parameters: { rope_theta: 5000 } });
});
