import { describe, expect, it } from "vitest";
import { DIFFERENT, type Pairs, SAME } from "../../../tests/answer-forms.js";
import { sameAnswer } from "./same.js";

const rows = (table: Readonly<Record<string, Pairs>>): [string, string, string][] =>
  Object.entries(table).flatMap(([form, pairs]) =>
    pairs.map(([a, b]): [string, string, string] => [form, a, b]),
  );

describe("forms of answers", () => {
  it.each(rows(SAME))("%s: %s is %s", (_form, a, b) => {
    expect(sameAnswer(a, b)).toBe(true);
    expect(sameAnswer(b, a)).toBe(true);
  });

  it.each(rows(DIFFERENT))("%s: %s is not %s", (_form, a, b) => {
    expect(sameAnswer(a, b)).toBe(false);
    expect(sameAnswer(b, a)).toBe(false);
  });
});
