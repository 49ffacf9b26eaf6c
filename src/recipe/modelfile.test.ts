/** The template that Ollama is given. That Ollama reads it as it is meant is tested with Ollama (python/tests/test_ollama.py). */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadTokenizer } from "../model/tokenizer.js";
import { modelfile } from "./modelfile.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearmiss-modelfile-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The Modelfile of a test model with another chat template. */
async function withTemplate(template: string): Promise<string> {
  await cp("tests/fixtures/qwen2", folder, { recursive: true });
  await writeFile(join(folder, "chat_template.jinja"), template);
  return modelfile(await loadTokenizer(folder));
}

const FAILED = /^# The model's chat template could not be written.*\nFROM \.\nPARAMETER repeat_penalty 1\n$/;

test("tiny's template", async () => {
  expect(modelfile(await loadTokenizer("assets/tiny"))).toMatchInlineSnapshot(`
    "FROM .
    PARAMETER repeat_penalty 1
    TEMPLATE """{{ $last := "" }}{{ range .Messages }}{{ if eq .Role "system" }}{{ else if eq .Role "assistant" }}
    A:
    {{ else if eq $last "" }}Q: {{ else if eq $last "system" }}
    Q: {{ else }}<|im_end|>
    Q: {{ end }}{{ .Content }}{{ $last = .Role }}{{ end }}
    A:
    """
    "
  `);
});

test("what a model says where no system message stands is said before the first question only", async () => {
  const text = await withTemplate(
    "{% if messages[0].role != 'system' %}<s>Be kind.</s>{% endif %}" +
      "{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}<assistant>",
  );
  expect(text).toMatchInlineSnapshot(`
    "FROM .
    PARAMETER repeat_penalty 1
    TEMPLATE """{{ $last := "" }}{{ range .Messages }}{{ if eq .Role "system" }}<system>{{ else if eq .Role "assistant" }}</user><assistant>{{ else if eq $last "" }}<s>Be kind.</s><user>{{ else if eq $last "system" }}</system><user>{{ else }}</assistant><user>{{ end }}{{ .Content }}{{ $last = .Role }}{{ end }}</user><assistant>"""
    "
  `);
});

test("a model without a chat template is asked as we ask it: contents under one another", async () => {
  await cp("tests/fixtures/qwen2", folder, { recursive: true });
  await rm(join(folder, "chat_template.jinja"));
  expect(modelfile(await loadTokenizer(folder))).toMatchInlineSnapshot(`
    "FROM .
    PARAMETER repeat_penalty 1
    TEMPLATE """{{ $last := "" }}{{ range .Messages }}{{ if eq .Role "system" }}{{ else if eq .Role "assistant" }}

    {{ else if eq $last "" }}{{ else if eq $last "system" }}

    {{ else }}

    {{ end }}{{ .Content }}{{ $last = .Role }}{{ end }}
    """
    "
  `);
});

test("a beginning-of-text token that the tokenizer puts itself is left to Ollama, another is not", () => {
  const renderPrompt = (messages: readonly { content: string }[]): string =>
    `<bos>${messages.map(({ content }) => content).join("|")}>`;
  expect(modelfile({ renderPrompt, textStart: "<bos>" })).not.toContain("<bos>");
  expect(modelfile({ renderPrompt, textStart: "" })).toContain('{{ else if eq $last "" }}<bos>');
});

test.each([
  [
    "refuses a system message",
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}{{ messages[0].content }}",
  ],
  ["leaves a message out", "{{ messages[0].content }}"],
  [
    "treats the last message unlike the others",
    "{% for m in messages %}{{ m.role if loop.last }}:{{ m.content }}\n{% endfor %}",
  ],
  ["counts messages", "{% for m in messages %}{{ loop.index }}:{{ m.content }}\n{% endfor %}"],
  ["has what ends a template of Ollama's", '{% for m in messages %}"""{{ m.content }}{% endfor %}'],
  ["has double braces", "{% for m in messages %}{{ '{{' }}{{ m.content }}{% endfor %}"],
])("no template rather than a wrong one: it %s", async (_, template) => {
  expect(await withTemplate(template)).toMatch(FAILED);
});
