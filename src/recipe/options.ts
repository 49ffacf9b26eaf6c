/** A block of options given as `KEY=VALUE` texts, checked against the block's schema. */
import { Document, parse } from "yaml";
import type { z } from "zod";
import { NearmissError } from "../errors.js";
import { listMistakes, mistakesOf } from "./mistakes.js";

/**
 * @param settings such as `learningRate=1e-4`, values in YAML, dots for blocks within the block
 * @param fixed values that the caller has from elsewhere; `settings` go before them
 * @param source the flags that a mistake is to be blamed on
 * @throws NearmissError (exit code 2) listing every mistake
 */
export function parseOptions<S extends z.ZodType>(
  schema: S,
  settings: readonly string[],
  fixed: Readonly<Record<string, unknown>> = {},
  source = "--set",
): z.output<S> {
  const document = new Document(fixed);
  for (const text of settings) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new NearmissError(`--set ${text}: expected KEY=VALUE.`, { exitCode: 2 });
    }
    document.setIn(key.split("."), document.createNode(parse(value)));
  }
  const given: unknown = document.toJS();
  const mistakes = mistakesOf(schema, given);
  if (mistakes.length > 0) {
    const list = listMistakes(mistakes.map((mistake) => ({ line: null, mistake })));
    throw new NearmissError(`${source} has ${mistakes.length === 1 ? "a mistake" : "mistakes"}:\n${list}`, {
      exitCode: 2,
    });
  }
  return schema.parse(given);
}
