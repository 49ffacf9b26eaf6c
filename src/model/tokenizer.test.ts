/** What the fixtures' test leaves open: unusual folders, errors, and a real model where there is one. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { NearmissError } from "../errors.js";
import { openTables } from "./token-tables.js";
import { openTablesApart } from "./token-thread.js";
import { loadTokenizer } from "./tokenizer.js";

const fixture = join(import.meta.dirname, "../../tests/fixtures/qwen2");
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tokenizer-"));
  await cp(fixture, folder, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, value: unknown) =>
  writeFile(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
const hello = [{ role: "user", content: "Hello" }] as const;

describe("chat templates", () => {
  test("the file goes before the configuration", async () => {
    await put("tokenizer_config.json", { eos_token: "<|im_end|>", chat_template: "from the configuration" });
    expect((await loadTokenizer(folder)).renderPrompt(hello)).toContain("<|im_start|>user\nHello");
    await rm(join(folder, "chat_template.jinja"));
    expect((await loadTokenizer(folder)).renderPrompt(hello)).toBe("from the configuration");
  });

  test("of several, the default one", async () => {
    await rm(join(folder, "chat_template.jinja"));
    const chat_template = [
      { name: "tool_use", template: "tools" },
      { name: "default", template: "{{ eos_token }}{{ messages[0].content }}" },
    ];
    await put("tokenizer_config.json", { eos_token: { content: "<|im_end|>" }, chat_template });
    expect((await loadTokenizer(folder)).renderPrompt(hello)).toBe("<|im_end|>Hello");
  });

  test("without one, contents stand under one another", async () => {
    await rm(join(folder, "chat_template.jinja"));
    const tokenizer = await loadTokenizer(folder);
    expect(tokenizer.renderPrompt([{ role: "system", content: "Be brief." }, ...hello])).toBe(
      "Be brief.\n\nHello\n",
    );
  });

  test("one that cannot be read, or that refuses the messages, is an error of the model", async () => {
    await put("chat_template.jinja", "{% for %}");
    await expect(loadTokenizer(folder)).rejects.toThrow(/chat template failed/);
    await put("chat_template.jinja", "{{ raise_exception('no such role') }}");
    const tokenizer = await loadTokenizer(folder);
    expect(() => tokenizer.renderPrompt(hello)).toThrow(/chat template failed: no such role/);
  });
});

describe("ids", () => {
  test("nothing, unknown ids and special tokens decode to nothing", async () => {
    const tokenizer = await loadTokenizer(folder);
    expect(tokenizer.decode([])).toBe("");
    expect(tokenizer.decode([319_999, 1, 2])).toBe("");
    expect(tokenizer.encode("")).toEqual([]);
  });

  test("the space before a full stop stays, whatever the configuration says", async () => {
    await put("tokenizer_config.json", { eos_token: "<|im_end|>", clean_up_tokenization_spaces: true });
    const tokenizer = await loadTokenizer(folder);
    expect(tokenizer.decode(tokenizer.encode("It is 7 . Not 8 ."))).toBe("It is 7 . Not 8 .");
  });
});

describe("folders", () => {
  test("no end-of-text token anywhere", async () => {
    for (const name of ["tokenizer_config.json", "generation_config.json", "config.json"]) {
      await rm(join(folder, name));
    }
    await expect(loadTokenizer(folder)).rejects.toThrow(/names no end-of-text token/);
    await put("generation_config.json", { eos_token_id: 7 });
    expect(await loadTokenizer(folder)).toMatchObject({ endId: 7, stopIds: [7] });
  });

  test("no tokenizer, a broken one, one of an unknown kind", async () => {
    await put("tokenizer.json", {
      ...JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8")),
      model: {},
    });
    await expect(loadTokenizer(folder)).rejects.toThrow(/tokenizer.json: this tokenizer cannot be used/);
    await put("tokenizer.json", "{");
    await expect(loadTokenizer(folder)).rejects.toThrow(/tokenizer.json: not valid JSON/);
    await rm(join(folder, "tokenizer.json"));
    await expect(loadTokenizer(folder)).rejects.toThrow(/tokenizer.json: there is no such file/);
  });
});

const real = process.env.NEARMISS_TEST_MODEL;
test.skipIf(!real)("a real model's tokenizer gives back what it was given", async () => {
  const tokenizer = await loadTokenizer(real ?? "");
  const text =
    "Natalia sold 48/2 = 24 clips in May .\n\n  So 48+24 = 72, naïve café 🙂 \\frac{1}{2}\nThe answer is: 72";
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  const prompt = tokenizer.encodePrompt(hello);
  expect(prompt).toEqual(tokenizer.encode(tokenizer.renderPrompt(hello)));
  expect(tokenizer.stopIds).toContain(tokenizer.endId);
});
if (!real) console.log("NEARMISS_TEST_MODEL names no model folder: the test on a real tokenizer is skipped.");

describe("tables in a thread of their own", () => {
  const texts = ["", "Hello, world", "12 + 30 = 42\n", "<|im_end|>", "naïve 数学 🙂"];

  test("answer as tables here", async () => {
    const path = join(folder, "tokenizer.json");
    const [here, apart] = [await openTables(path, {}), openTablesApart(path, {})];
    for (const text of texts)
      for (const special of [true, false]) {
        const ids = here.encode(text, special);
        expect(apart.encode(text, special)).toEqual(ids);
        expect(apart.decode([...ids, 319_999])).toBe(here.decode(ids));
        expect(apart.idOf(text)).toBe(here.idOf(text));
      }
  });

  test("say what is wrong with their file, and then go on", () => {
    const missing = join(folder, "nowhere", "tokenizer.json");
    expect(() => openTablesApart(missing, {})).toThrow(NearmissError);
    expect(() => openTablesApart(missing, {})).toThrow(missing);
    const { encode } = openTablesApart(join(folder, "tokenizer.json"), {});
    expect(encode("Hello", false).length).toBeGreaterThan(0);
  });
});
