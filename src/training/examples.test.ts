import { describe, expect, it } from "vitest";
import { encodePairs, encodeSft, rowTokens } from "./examples.js";

/** One token a character, but "ab" is one token: encoding across the seam would show. Prompts begin with "^". */
const encode = (text: string) => [...text.replaceAll("ab", "@")].map((letter) => letter.charCodeAt(0));
const END = 0;
const tokenizer = { encode, encodePrompt: (prompt: string) => encode(`^${prompt}`), endId: END };
const codes = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const pair = {
  problemId: "p1",
  rejectedSource: "sample:2",
  prompt: "q",
  chosen: "right",
  rejected: "no",
  weight: 1.5,
};

describe("encoding", () => {
  it("encodes prompt and completion apart and ends the completion", () => {
    const { examples } = encodeSft([{ id: "x", prompt: "qa", completion: "bab" }], tokenizer, {
      maxLength: 9,
      overLong: "drop",
    });
    expect(examples).toEqual([
      { id: "x", row: { prompt: codes("^qa"), completions: [[...codes("b@"), END]] }, weight: 1 },
    ]);
    expect(examples.map(({ row }) => rowTokens(row))).toEqual([6]);
  });

  it("drops what is too long and names it; a pair goes as a whole", () => {
    const { examples, dropped, truncated } = encodePairs(
      [pair, { ...pair, problemId: "p2", rejected: "much too long" }],
      tokenizer,
      { maxLength: 8, overLong: "drop" },
    );
    expect(examples).toEqual([
      {
        id: "p1/sample:2",
        row: {
          prompt: codes("^q"),
          completions: [
            [...codes("right"), END],
            [...codes("no"), END],
          ],
        },
        weight: 1.5,
      },
    ]);
    expect({ dropped, truncated }).toEqual({ dropped: ["p2/sample:2"], truncated: [] });
  });

  it("truncates without an end token and names it; a prompt that leaves no room is dropped", () => {
    const { examples, dropped, truncated } = encodePairs(
      [pair, { ...pair, problemId: "p2", prompt: "endless" }],
      tokenizer,
      { maxLength: 5, overLong: "truncate" },
    );
    expect(examples.map(({ row }) => row.completions)).toEqual([[codes("rig"), [...codes("no"), END]]]);
    expect({ dropped, truncated }).toEqual({ dropped: ["p2/sample:2"], truncated: ["p1/sample:2"] });
  });
});
