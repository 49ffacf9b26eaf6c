/** The words that vary: few, so that a very small model can learn them all. */
import type { Random } from "../../random.js";

const SHE = ["Anna", "Mia", "Ella", "Nora", "Ruth", "Zoe"] as const;
const HE = ["Ben", "Tom", "Sam", "Omar", "Leo", "Max"] as const;

/** [singular, plural] */
const OBJECTS = [
  ["apple", "apples"],
  ["ball", "balls"],
  ["bead", "beads"],
  ["book", "books"],
  ["cake", "cakes"],
  ["card", "cards"],
  ["clip", "clips"],
  ["coin", "coins"],
  ["cookie", "cookies"],
  ["cup", "cups"],
  ["flower", "flowers"],
  ["hat", "hats"],
  ["lamp", "lamps"],
  ["marble", "marbles"],
  ["orange", "oranges"],
  ["pen", "pens"],
  ["shell", "shells"],
  ["stamp", "stamps"],
  ["sticker", "stickers"],
  ["toy", "toys"],
] as const;

/** Three people and two kinds of objects, all different, under the names that the families use. */
export function drawWords(rng: Random): Map<string, string> {
  const [first, second, third] = rng.shuffle([
    ...SHE.map((name) => [name, "she"]),
    ...HE.map((name) => [name, "he"]),
  ]);
  const [one, two] = rng.shuffle(OBJECTS);
  const she = first?.[1] === "she";
  return new Map([
    ["name", String(first?.[0])],
    ["name2", String(second?.[0])],
    ["name3", String(third?.[0])],
    ["he", she ? "she" : "he"],
    ["He", she ? "She" : "He"],
    ["his", she ? "her" : "his"],
    ["him", she ? "her" : "him"],
    ["thing", String(one?.[0])],
    ["things", String(one?.[1])],
    ["thing2", String(two?.[0])],
    ["things2", String(two?.[1])],
  ]);
}
