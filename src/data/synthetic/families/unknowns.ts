/** Problems that are worked backwards: an unknown number, an unknown start, parts from a whole. */
import type { Family } from "../family.js";

export const unknowns: readonly Family[] = [
  {
    name: "number",
    slots: { k: [2, 9], x: [2, 12], b: [2, 30], prod: "k * x", c: "prod + b", d: [2, 20] },
    stages: [
      {
        tell: [
          "{name} thinks of a number x. {k} times x plus {b} is {c}.",
          "{name} takes a number x, multiplies it by {k} and adds {b}. The result is {c}.",
        ],
        step: "times = c - b",
        say: ["{k} * x + {b} = {c}, so {k} * x = {=}.", "{k} times x is {=}."],
        unit: "",
      },
      {
        step: "value = times / k",
        say: ["So x = {=}.", "One x is {=}."],
        unit: "",
        ask: ["What is x?", "What is the number x?"],
      },
      {
        tell: "A number y is {d} more than x.",
        step: "y = value + d",
        say: ["So y = {=}.", "{d} more than {value} is {=}."],
        unit: "",
        ask: "What is y?",
      },
    ],
  },
  {
    name: "number-minus",
    slots: { c: [2, 40], b: [2, 30], k: [2, 5] },
    stages: [
      {
        tell: [
          "{name} thinks of a number x. When {he} takes {b} away, {c} is left.",
          "A number x minus {b} is {c}.",
        ],
        step: "value = c + b",
        say: ["x - {b} = {c}, so x = {=}.", "x is {b} more than {c}, which is {=}."],
        unit: "",
        ask: ["What is x?", "What is the number x?"],
      },
      {
        tell: "A number y is {k} times x.",
        step: "y = value * k",
        say: ["So y = {=}.", "{k} times {value} is {=}."],
        unit: "",
        ask: "What is y?",
      },
    ],
  },
  {
    name: "start",
    slots: { b: [3, 30], c: [3, 40], d: [2, 30] },
    stages: [
      {
        tell: [
          "{name} had some {things}. {He} gave {b} to {name2} and has {c} left.",
          "After {name} gave {b} {things} to {name2}, {he} has {c} left.",
        ],
        step: "start = b + c",
        say: ["At first {name} had {=} {things}.", "{b} and {c} make {=}."],
        unit: "{things}",
        ask: "How many {things} did {name} have at first?",
      },
      {
        tell: "Of the {things} at first, {d} came from {name3}.",
        step: "own = start - d",
        say: ["{=} {things} did not come from {name3}.", "{d} fewer than {start} is {=}."],
        unit: "{things}",
        ask: "How many of the {things} at first did not come from {name3}?",
      },
    ],
  },
  {
    name: "missing-part",
    slots: { s: [20, 60], a: [3, 25], b: [3, 25], p: [2, 5] },
    stages: [
      {
        tell: [
          "There are {s} {things}: {a} red, {b} blue, and the rest green.",
          "Of {s} {things}, {a} are red, {b} are blue, and the rest are green.",
        ],
        step: "two = a + b",
        say: ["Red and blue make {=} {things}.", "{a} and {b} make {=}."],
        unit: "{things}",
      },
      {
        step: "green = s - two",
        say: ["{=} {things} are green.", "The rest is {=}."],
        unit: "{things}",
        ask: "How many {things} are green?",
      },
      {
        tell: "A green one costs {p} dollars.",
        step: "cost = green * p",
        say: ["The green ones cost {=} dollars.", "{green} times {p} is {=}."],
        unit: "dollars",
        ask: "How many dollars do the green ones cost?",
      },
    ],
  },
  {
    name: "sum-and-difference",
    slots: { y: [3, 30], d: [2, 20], z: "y + d", s: "y + z" },
    stages: [
      {
        tell: [
          "{name} and {name2} have {s} {things} together. {name} has {d} more than {name2}.",
          "Together {name} and {name2} have {s} {things}, and {name} has {d} more.",
        ],
        step: "twice = s - d",
        say: ["Without the {d} more there are {=} {things}.", "{d} fewer than {s} is {=}."],
        unit: "{things}",
      },
      {
        step: "less = twice / 2",
        say: ["{name2} has {=} {things}.", "Half of {twice} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} have?",
      },
      {
        step: "more = less + d",
        say: ["{name} has {=} {things}.", "{d} more than {less} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} have?",
      },
    ],
  },
  {
    name: "consecutive",
    slots: { m: [4, 40], s: "m * 3", k: [2, 6] },
    stages: [
      {
        tell: [
          "Three numbers that follow each other make {s} together.",
          "Three numbers in a row have the sum {s}.",
        ],
        step: "middle = s / 3",
        say: ["The middle one is {=}.", "{s} in 3 parts is {=}."],
        unit: "",
        ask: "What is the middle number?",
      },
      {
        step: "last = middle + 1",
        say: ["The last one is {=}.", "One more than {middle} is {=}."],
        unit: "",
        ask: ["What is the last number?", "What is the largest number?"],
      },
      {
        tell: "A number y is {k} times the last one.",
        step: "y = last * k",
        say: ["So y = {=}.", "{k} times {last} is {=}."],
        unit: "",
        ask: "What is y?",
      },
    ],
  },
  {
    name: "pages",
    slots: {
      a: [5, 30],
      b: [5, 30],
      d: [2, 6],
      each: [3, 15],
      two: "a + b",
      rest: "d * each",
      p: "two + rest",
    },
    stages: [
      {
        tell: [
          "{name} reads {a} pages on Monday and {b} pages on Tuesday.",
          "On Monday {name} reads {a} pages, and on Tuesday {b} pages.",
        ],
        step: "read = a + b",
        say: ["In two days {name} reads {=} pages.", "{a} and {b} make {=}."],
        unit: "pages",
        ask: "How many pages does {name} read in two days?",
      },
      {
        tell: "The book has {p} pages.",
        step: "left = p - read",
        say: ["Then {=} pages are left.", "{read} less than {p} is {=}."],
        unit: "pages",
        ask: "How many pages are left?",
      },
      {
        tell: "{He} reads the rest in {d} days, the same number each day.",
        step: "daily = left / d",
        say: ["{He} reads {=} pages a day.", "{left} in {d} parts is {=}."],
        unit: "pages",
        ask: "How many pages does {name} read on each of these days?",
      },
    ],
  },
  {
    name: "legs",
    slots: { c: [3, 15], h: [2, 20] },
    stages: [
      {
        tell: [
          "{name} has a farm with {c} cows. A cow has 4 legs.",
          "{name} sees {c} cows with 4 legs each on a farm.",
        ],
        step: "cows = c * 4",
        say: ["The cows have {=} legs.", "4 times {c} is {=}."],
        unit: "legs",
        ask: "How many legs do the cows have?",
      },
      {
        tell: "The farm has {h} hens with 2 legs each, too.",
        step: "hens = h * 2",
        say: ["The hens have {=} legs.", "Twice {h} is {=}."],
        unit: "legs",
      },
      {
        step: "all = cows + hens",
        say: ["In all there are {=} legs.", "{cows} and {hens} make {=}."],
        unit: "legs",
        ask: "How many legs do the animals have in all?",
      },
    ],
  },
];
