import { expect, it } from "vitest";
import { jaccard, shingles } from "./similarity.js";

const text =
  "First we find the cost of the apples, which is 3 * 4 = 12 dollars, and then the cost of the pears, which is 2 * 5 = 10 dollars.";

it("does not count layout, letter case or punctuation, but counts numbers", () => {
  expect(jaccard(shingles(text), shingles(text.toUpperCase().replaceAll(",", " \n")))).toBe(1);
  expect(jaccard(shingles(text), shingles(text.replace("10", "11")))).toBeLessThan(0.9);
  expect(jaccard(shingles("so 5"), shingles("so 6"))).toBe(0);
  expect(jaccard(shingles(""), shingles(""))).toBe(1);
});
