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

  describe("of a rejected solution whose first wrong step is known", () => {
    const cutAt = (
      firstErrorEnd: number | undefined,
      rejected: string,
      rejectUntil?: "end" | "firstError",
    ) => {
      const cut = firstErrorEnd === undefined ? {} : { firstErrorEnd };
      const options = { maxLength: 99, overLong: "drop" as const, ...(rejectUntil && { rejectUntil }) };
      const { examples } = encodePairs([{ ...pair, ...cut, rejected }], tokenizer, options);
      return examples[0]?.row.completions;
    };
    const right = [...codes("right"), END];

    it("takes no more than up to it, and no end token", () => {
      expect(cutAt(2, "noxyz", "firstError")).toEqual([right, codes("no")]);
    });

    it("takes all of it where it is told to, or is told nothing, or no step is known to be wrong", () => {
      const all = [right, [...codes("noxyz"), END]];
      expect(cutAt(2, "noxyz", "end")).toEqual(all);
      expect(cutAt(2, "noxyz")).toEqual(all);
      expect(cutAt(undefined, "noxyz", "firstError")).toEqual(all);
    });

    it("leaves out a token across the cut, if it is not all there is", () => {
      expect(cutAt(3, "noabx", "firstError")).toEqual([right, codes("no")]);
      expect(cutAt(1, "abx", "firstError")).toEqual([right, codes("a")]);
    });

    it("has no end token where the last step is the wrong one either", () => {
      expect(cutAt(2, "no", "firstError")).toEqual([right, codes("no")]);
    });
  });
});
