/** More and fewer, times as many, ages, parts and percentages. */
import type { Family } from "../family.js";

export const comparing: readonly Family[] = [
  {
    name: "comparison",
    slots: { a: [4, 30], b: [2, 20], c: [2, 15] },
    stages: [
      {
        tell: [
          "{name} has {a} {things}. {name2} has {b} more than {name}.",
          "{name} has {a} {things}, and {name2} has {b} more.",
        ],
        step: "second = a + b",
        say: ["{name2} has {=} {things}.", "{b} more than {a} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} have?",
      },
      {
        tell: "{name3} has {c} fewer than {name2}.",
        step: "third = second - c",
        say: ["{name3} has {=} {things}.", "{c} fewer than {second} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name3} have?",
      },
      {
        step: "two = a + second",
        say: ["{name} and {name2} have {=} {things}.", "The first two make {=}."],
        unit: "{things}",
      },
      {
        step: "all = two + third",
        say: ["All three have {=} {things}.", "With {name3} that makes {=}."],
        unit: "{things}",
        ask: "How many {things} do all three have?",
      },
    ],
  },
  {
    name: "times-as-many",
    slots: { a: [3, 20], k: [2, 6], b: [2, 20] },
    stages: [
      {
        tell: [
          "{name} has {a} {things}. {name2} has {k} times as many.",
          "{name2} has {k} times as many {things} as {name}, who has {a}.",
        ],
        step: "second = a * k",
        say: ["{name2} has {=} {things}.", "{k} times {a} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} have?",
      },
      {
        step: "both = a + second",
        say: ["Together they have {=} {things}.", "The two make {=}."],
        unit: "{things}",
        ask: [
          "How many {things} do they have together?",
          "How many {things} do {name} and {name2} have in all?",
        ],
      },
      {
        tell: "They give away {b} of their {things}.",
        step: "left = both - b",
        say: ["Then they have {=} {things} left.", "{b} fewer than {both} is {=}."],
        unit: "{things}",
        ask: "How many {things} do they have left together?",
      },
    ],
  },
  {
    name: "how-many-more",
    slots: { a: [10, 50], b: [3, 30] },
    stages: [
      {
        tell: [
          "{name} has {a} {things} and {name2} has {b}.",
          "There are {a} {things} with {name} and {b} with {name2}.",
        ],
        step: "more = a - b",
        say: ["{name} has {=} {things} more.", "The difference is {=}."],
        unit: "{things}",
        ask: "How many more {things} does {name} have than {name2}?",
      },
      {
        tell: "{name} gives half of the difference to {name2}.",
        step: "half = more / 2",
        say: ["{name} gives {=} {things} away.", "Half of {more} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} give to {name2}?",
      },
      {
        step: "now = b + half",
        say: ["Now {name2} has {=} {things}.", "{half} more than {b} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} have then?",
      },
    ],
  },
  {
    name: "ages",
    slots: { a: [4, 30], b: [2, 20], c: [2, 20] },
    stages: [
      {
        tell: [
          "{name} is {a} years old. {name2} is {b} years older.",
          "{name2} is {b} years older than {name}, who is {a}.",
        ],
        step: "second = a + b",
        say: ["{name2} is {=} years old.", "{b} years more than {a} is {=}."],
        unit: "years",
        ask: "How old is {name2}?",
      },
      {
        step: "sum = a + second",
        say: ["Together they are {=} years old.", "The two ages make {=}."],
        unit: "years",
        ask: "How old are they together?",
      },
      {
        tell: "{name3} is {c} years younger than the two together.",
        step: "third = sum - c",
        say: ["{name3} is {=} years old.", "{c} years less than {sum} is {=}."],
        unit: "years",
        ask: "How old is {name3}?",
      },
    ],
  },
  {
    name: "older-times",
    slots: { a: [3, 15], k: [2, 5], c: [2, 20] },
    where: (number) => number("a") * number("k") <= 80,
    stages: [
      {
        tell: [
          "{name} is {a} years old. {name2} is {k} times as old.",
          "{name2} is {k} times as old as {name}, who is {a}.",
        ],
        step: "second = a * k",
        say: ["{name2} is {=} years old.", "{k} times {a} is {=}."],
        unit: "years",
        ask: "How old is {name2}?",
      },
      {
        tell: "We look {c} years ahead.",
        step: "later = second + c",
        say: ["Then {name2} will be {=} years old.", "{c} years later it is {=}."],
        unit: "years",
        ask: "How old will {name2} be then?",
      },
      {
        step: "young = a + c",
        say: ["Then {name} will be {=} years old.", "{c} years more than {a} is {=}."],
        unit: "years",
      },
      {
        step: "sum = later + young",
        say: ["Together they will be {=} years old.", "The two ages make {=}."],
        unit: "years",
        ask: "How old will they be together then?",
      },
    ],
  },
  {
    name: "percent",
    slots: { a: [20, 100, 10], pct: { of: [10, 20, 50] }, d: [2, 6] },
    stages: [
      {
        tell: [
          "{name} has {a} {things}. {pct}% of them are red.",
          "Of the {a} {things} that {name} has, {pct}% are red.",
        ],
        step: "red = pct % a",
        say: ["{=} {things} are red.", "The red ones are {=}."],
        unit: "{things}",
        ask: "How many {things} are red?",
      },
      {
        step: "other = a - red",
        say: ["{=} {things} are not red.", "{red} fewer than {a} is {=}."],
        unit: "{things}",
        ask: "How many {things} are not red?",
      },
      {
        tell: "{He} puts those that are not red in bags of {d}.",
        step: "bags = other / d",
        say: ["{name} fills {=} bags.", "{other} in bags of {d} makes {=} bags."],
        unit: "bags",
        ask: "How many bags does {name} fill?",
      },
    ],
  },
  {
    name: "percent-more",
    slots: { a: [20, 100, 10], pct: { of: [10, 20, 50] }, b: [2, 30] },
    stages: [
      {
        tell: [
          "A school had {a} children. Then the number grew by {pct}%.",
          "A school with {a} children grew by {pct}%.",
        ],
        step: "new = pct % a",
        say: ["{=} children came.", "The growth is {=}."],
        unit: "children",
        ask: "How many children came?",
      },
      {
        step: "now = a + new",
        say: ["Then the school had {=} children.", "{new} more than {a} is {=}."],
        unit: "children",
        ask: "How many children did the school have then?",
      },
      {
        tell: "After that {b} children left.",
        step: "left = now - b",
        say: ["In the end {=} children were there.", "{b} fewer than {now} is {=}."],
        unit: "children",
        ask: "How many children were there in the end?",
      },
    ],
  },
  {
    name: "fraction",
    slots: { d: [3, 6], part: [3, 12], a: "d * part", b: [2, 20], k: [2, 4] },
    stages: [
      {
        tell: [
          "{name} has {a} {things}. {He} gives 1/{d} of them to {name2}.",
          "{name} gives 1/{d} of {his} {a} {things} to {name2}.",
        ],
        step: "given = a / d",
        say: ["{name2} gets {=} {things}.", "1/{d} of {a} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} get?",
      },
      {
        step: "left = a - given",
        say: ["{name} keeps {=} {things}.", "{given} fewer than {a} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} keep?",
      },
      {
        tell: "Then {name} loses {b} of {his} {things}.",
        step: "now = left - b",
        say: ["Then {name} has {=} {things}.", "{b} fewer than {left} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} have then?",
      },
      {
        tell: "{name3} has {k} times as many {things} as {name} has then.",
        step: "third = now * k",
        say: ["{name3} has {=} {things}.", "{k} times {now} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name3} have?",
      },
    ],
  },
  {
    name: "ratio",
    slots: { a: [2, 5], b: [2, 7], times: [2, 9], r: "a * times" },
    where: (number) => number("a") !== number("b"),
    stages: [
      {
        tell: [
          "For every {a} red beads {name} takes {b} blue beads. {He} takes {r} red beads.",
          "{name} takes {b} blue beads for every {a} red beads. There are {r} red beads.",
        ],
        step: "groups = r / a",
        say: ["{r} red beads make {=} groups.", "There are {=} groups of {a}."],
        unit: "groups",
      },
      {
        step: "blue = groups * b",
        say: ["There are {=} blue beads.", "{groups} times {b} is {=}."],
        unit: "blue beads",
        ask: "How many blue beads does {name} take?",
      },
      {
        step: "all = r + blue",
        say: ["In all there are {=} beads.", "Red and blue make {=}."],
        unit: "beads",
        ask: "How many beads does {name} take in all?",
      },
    ],
  },
];
