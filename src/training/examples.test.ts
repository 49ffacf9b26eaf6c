import { describe, expect, it } from "vitest";
import {
  encodePairs,
  encodeSft,
  type PairText,
  predicted,
  type RejectedPart,
  rowTokens,
} from "./examples.js";

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
      { maxLength: 8, overLong: "drop", rejectedPart: "whole" },
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
      { maxLength: 5, overLong: "truncate", rejectedPart: "whole" },
    );
    expect(examples.map(({ row }) => row.completions)).toEqual([[codes("rig"), [...codes("no"), END]]]);
    expect({ dropped, truncated }).toEqual({ dropped: ["p2/sample:2"], truncated: ["p1/sample:2"] });
  });

  describe("of a rejected solution whose first wrong step is known", () => {
    const known = (start: number, end: number, rejected: string, rejectedPart: RejectedPart) =>
      rowOf({ ...pair, rejected, firstError: { start, end } }, rejectedPart);
    const rowOf = (given: PairText, rejectedPart: RejectedPart, maxLength = 99) => {
      const options = { maxLength, overLong: "truncate" as const, rejectedPart };
      return encodePairs([given], tokenizer, options).examples[0]?.row;
    };
    const row = (rejected: number[], given?: number[]) => ({
      prompt: codes("^q"),
      completions: [[...codes("right"), END], rejected],
      ...(given && { given }),
    });

    it("takes no more than up to its end, and no end token", () => {
      expect(known(1, 2, "noxyz", "untilError")).toEqual(row(codes("no")));
      expect(known(1, 2, "no", "untilError")).toEqual(row(codes("no")));
    });

    it("or that step alone, behind what comes before it", () => {
      expect(known(1, 2, "noxyz", "error")).toEqual(row(codes("no"), [0, 1]));
      expect(known(0, 2, "noxyz", "error")).toEqual(row(codes("no")));
    });

    it("takes all of it where it is told to, or no step is known to be wrong", () => {
      const all = row([...codes("noxyz"), END]);
      expect(known(1, 2, "noxyz", "whole")).toEqual(all);
      expect(rowOf({ ...pair, rejected: "noxyz" }, "untilError")).toEqual(all);
      expect(rowOf({ ...pair, rejected: "noxyz" }, "error")).toEqual(all);
    });

    it("leaves out a token across the cut, if it is not all there is", () => {
      expect(known(0, 3, "noabx", "untilError")).toEqual(row(codes("no")));
      expect(known(0, 1, "abx", "untilError")).toEqual(row(codes("@")));
      expect(known(1, 5, "nabxyz", "error")).toEqual(row(codes("n@xy"), [0, 1]));
      expect(known(2, 5, "nabxyz", "error")).toEqual(row(codes("n@xy"), [0, 1]));
    });

    it("leaves one token to be predicted where truncation cuts the step off", () => {
      const cut = { ...pair, chosen: "r", rejected: "noxyz", firstError: { start: 3, end: 5 } };
      expect(rowOf(cut, "error", 4)).toEqual({
        prompt: codes("^q"),
        completions: [[...codes("r"), END], codes("no")],
        given: [0, 1],
      });
    });
  });

  it("counts the tokens that are predicted", () => {
    const completions = [codes("right"), codes("no")];
    expect(predicted({ prompt: codes("q"), completions })).toEqual([5, 2]);
    expect(predicted({ prompt: codes("q"), completions, given: [0, 1] })).toEqual([5, 1]);
  });
});
