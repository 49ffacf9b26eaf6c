/** Getting, giving, sharing and packing things. */
import type { Family } from "../family.js";

export const counting: readonly Family[] = [
  {
    name: "gifts",
    slots: { a: [5, 40], b: [3, 30], c: [2, 20], d: [2, 6], e: [2, 20] },
    stages: [
      {
        tell: [
          "{name} has {a} {things}. {name2} gives {him} {b} more.",
          "{name} has {a} {things} and gets {b} more.",
        ],
        step: "have = a + b",
        say: ["Now {name} has {=} {things}.", "{b} more than {a} is {=}."],
        unit: "{things}",
        ask: ["How many {things} does {name} have now?", "How many {things} does {he} have in all?"],
      },
      {
        tell: ["Then {name} loses {c} {things}.", "Then {he} gives {c} of them to {name3}."],
        step: "left = have - c",
        say: ["After that {he} has {=} {things}.", "{have} less {c} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} have left?",
      },
      {
        tell: "{He} puts the rest in bags of {d}.",
        step: "bags = left / d",
        say: ["{He} needs {=} bags.", "{left} in bags of {d} makes {=} bags."],
        unit: "bags",
        ask: "How many bags does {name} need?",
      },
      {
        tell: "For {his} {things2} {he} needs {e} bags more.",
        step: "all = bags + e",
        say: ["In all {he} needs {=} bags.", "With {e} more that is {=} bags."],
        unit: "bags",
        ask: "How many bags does {name} need in all?",
      },
    ],
  },
  {
    name: "share",
    slots: { n: [2, 9], each: [3, 12], total: "n * each", b: [2, 8], c: [2, 20], k: [2, 4] },
    stages: [
      {
        tell: [
          "{n} friends share {total} {things} equally.",
          "{total} {things} are shared equally by {n} friends.",
        ],
        step: "part = total / n",
        say: ["Each friend gets {=} {things}.", "{total} shared by {n} is {=}."],
        unit: "{things}",
        ask: "How many {things} does each friend get?",
      },
      {
        tell: "{name} is one of the friends and gives {b} of {his} {things} away.",
        step: "left = part - b",
        say: ["{name} keeps {=} {things}.", "{part} less {b} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} keep?",
      },
      {
        tell: "Then {name} finds {c} {things}.",
        step: "now = left + c",
        say: ["Then {name} has {=} {things}.", "{c} more than {left} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} have now?",
      },
      {
        tell: "{name2} has {k} times as many as {name} has now.",
        step: "other = now * k",
        say: ["{name2} has {=} {things}.", "{k} times {now} is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name2} have?",
      },
    ],
  },
  {
    name: "remainder",
    slots: { n: [3, 9], q: [2, 9], used: "n * q", r: [2, 8], a: "used + r", b: [2, 30] },
    where: (number) => number("r") < number("n"),
    stages: [
      {
        tell: [
          "{name} has {a} {things} for {n} friends. Each friend gets {q}, and {name} keeps the rest.",
          "{name} splits {a} {things} among {n} friends. Each gets {q}, and the rest stays with {name}.",
        ],
        step: "given = n * q",
        say: ["The friends get {=} {things}.", "{n} times {q} is {=}."],
        unit: "{things}",
      },
      {
        step: "rest = a - given",
        say: ["{name} keeps {=} {things}.", "The rest is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} keep?",
      },
      {
        tell: "At home {he} has {b} more.",
        step: "all = rest + b",
        say: ["In all {he} has {=} {things}.", "With {b} more that is {=}."],
        unit: "{things}",
        ask: "How many {things} does {name} have in all now?",
      },
    ],
  },
  {
    name: "boxes",
    slots: { n: [2, 9], d: [3, 12], b: [2, 20], c: [2, 30] },
    stages: [
      {
        tell: [
          "{name} fills {n} boxes with {d} {things} each.",
          "There are {n} boxes with {d} {things} in each.",
        ],
        step: "packed = n * d",
        say: ["The boxes hold {=} {things}.", "{n} times {d} is {=}."],
        unit: "{things}",
        ask: "How many {things} are in the boxes?",
      },
      {
        tell: "There are {b} more {things} on the table.",
        step: "all = packed + b",
        say: ["In all there are {=} {things}.", "With those on the table that makes {=}."],
        unit: "{things}",
        ask: "How many {things} are there in all?",
      },
      {
        tell: "{name2} takes {c} of the {things}.",
        step: "left = all - c",
        say: ["Then {=} {things} are left.", "{c} taken from {all} leaves {=}."],
        unit: "{things}",
        ask: "How many {things} are left?",
      },
    ],
  },
  {
    name: "rows",
    slots: { r: [3, 10], c: [3, 12], p: [5, 60], b: [2, 15] },
    stages: [
      {
        tell: ["A hall has {r} rows of {c} chairs.", "In a hall there are {r} rows with {c} chairs each."],
        step: "chairs = r * c",
        say: ["The hall has {=} chairs.", "{r} rows of {c} make {=}."],
        unit: "chairs",
        ask: "How many chairs are in the hall?",
      },
      {
        tell: "{p} people sit down.",
        step: "free = chairs - p",
        say: ["Then {=} chairs are free.", "{chairs} less {p} is {=}."],
        unit: "chairs",
        ask: "How many chairs are free?",
      },
      {
        tell: "Then {b} people leave.",
        step: "now = free + b",
        say: ["After that {=} chairs are free.", "{b} more than {free} is {=}."],
        unit: "chairs",
        ask: "How many chairs are free now?",
      },
    ],
  },
  {
    name: "bus",
    slots: { a: [10, 50], b: [2, 20], c: [2, 20], e: [2, 15] },
    stages: [
      {
        tell: [
          "There are {a} people on a bus. At the first stop {b} get off.",
          "A bus has {a} people on it. {b} of them get off.",
        ],
        step: "stay = a - b",
        say: ["Then {=} people are on the bus.", "{b} off leaves {=}."],
        unit: "people",
        ask: "How many people are on the bus now?",
      },
      {
        tell: "At the same stop {c} people get on.",
        step: "now = stay + c",
        say: ["With the new ones {=} people are on the bus.", "{c} on makes {=}."],
        unit: "people",
        ask: "How many people are on the bus after that?",
      },
      {
        tell: "At the next stop half of the people get off.",
        step: "half = now / 2",
        say: ["Half of {now} is {=}.", "At the next stop {=} people get off."],
        unit: "people",
        ask: "How many people get off at the next stop?",
      },
      {
        tell: "Then {e} people get on.",
        step: "end = half + e",
        say: ["At the end {=} people are on the bus.", "{e} on makes {=}."],
        unit: "people",
        ask: "How many people are on the bus at the end?",
      },
    ],
  },
  {
    name: "dozens",
    slots: { d: [2, 8], b: [2, 20], k: [2, 6] },
    stages: [
      {
        tell: ["{name} buys {d} dozen eggs.", "{name} has {d} dozen eggs."],
        step: "eggs = d * 12",
        say: ["{d} dozen is {=} eggs.", "A dozen is 12, so {he} has {=} eggs."],
        unit: "eggs",
        ask: "How many eggs does {name} have?",
      },
      {
        tell: "{He} uses {b} eggs.",
        step: "left = eggs - b",
        say: ["Then {=} eggs are left.", "{b} less than {eggs} is {=}."],
        unit: "eggs",
        ask: "How many eggs are left?",
      },
      {
        tell: "{He} puts the rest in packs of {k}.",
        step: "packs = left / k",
        say: ["That makes {=} packs.", "{left} in packs of {k} is {=}."],
        unit: "packs",
        ask: "How many packs does {name} fill?",
      },
    ],
  },
  {
    name: "recipe",
    slots: { e: [2, 6], n: [3, 12], h: [2, 20], k: [2, 6], p: [2, 5] },
    stages: [
      {
        tell: [
          "One cake needs {e} eggs. {name} bakes {n} cakes.",
          "{name} bakes {n} cakes with {e} eggs in each.",
        ],
        step: "eggs = e * n",
        say: ["{name} needs {=} eggs.", "{e} times {n} is {=}."],
        unit: "eggs",
        ask: "How many eggs does {name} need?",
      },
      {
        tell: "{He} has {h} eggs at home.",
        step: "more = eggs - h",
        say: ["{He} must buy {=} eggs.", "{h} less than {eggs} is {=}."],
        unit: "eggs",
        ask: "How many eggs must {name} buy?",
      },
      {
        tell: "Eggs come in packs of {k}.",
        step: "packs = more / k",
        say: ["{He} buys {=} packs.", "In packs of {k} that is {=}."],
        unit: "packs",
        ask: "How many packs must {name} buy?",
      },
      {
        tell: "A pack costs {p} dollars.",
        step: "cost = packs * p",
        say: ["The packs cost {=} dollars.", "{He} pays {=} dollars."],
        unit: "dollars",
        ask: "How many dollars does {name} pay for the packs?",
      },
    ],
  },
];
