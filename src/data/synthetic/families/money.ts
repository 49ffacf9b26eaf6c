/** Prices, wages, savings and change. */
import type { Family } from "../family.js";

export const money: readonly Family[] = [
  {
    name: "sales",
    slots: { a: [4, 40, 2], p: [2, 5], s: [2, 60], n: [2, 5] },
    stages: [
      {
        tell: [
          "{name} sold {a} {things} in May and half as many in June.",
          "In May {name} sold {a} {things}. In June {he} sold half as many.",
        ],
        step: "june = a / 2",
        say: ["Half of {a} is {=}.", "In June {name} sold {=} {things}."],
        unit: "{things}",
        ask: "How many {things} did {name} sell in June?",
      },
      {
        step: "total = a + june",
        say: ["In both months {name} sold {=} {things}.", "The two months make {=}."],
        unit: "{things}",
        ask: ["How many {things} did {name} sell in both months?", "How many {things} did {he} sell in all?"],
      },
      {
        tell: "Each {thing} costs {p} dollars.",
        step: "money = total * p",
        say: ["For them {he} got {=} dollars.", "{total} times {p} is {=}."],
        unit: "dollars",
        ask: "How many dollars did {name} get in both months?",
      },
      {
        tell: "{name} spent {s} dollars of this money.",
        step: "left = money - s",
        say: ["{He} kept {=} dollars.", "{s} less than {money} is {=}."],
        unit: "dollars",
        ask: "How many dollars did {name} keep?",
      },
      {
        tell: "{He} split the rest into {n} equal parts.",
        step: "part = left / n",
        say: ["One part is {=} dollars.", "{left} in {n} parts is {=}."],
        unit: "dollars",
        ask: "How many dollars are in one part?",
      },
    ],
  },
  {
    name: "shopping",
    slots: { n: [2, 9], p: [2, 9], m: [20, 100, 10], f: [2, 20], k: [2, 4] },
    stages: [
      {
        tell: [
          "{name} buys {n} {things} for {p} dollars each.",
          "One {thing} costs {p} dollars. {name} buys {n} {things}.",
        ],
        step: "cost = n * p",
        say: ["The {things} cost {=} dollars.", "{n} times {p} is {=}."],
        unit: "dollars",
        ask: ["How many dollars does {name} pay?", "How many dollars do the {things} cost?"],
      },
      {
        tell: ["{He} had {m} dollars.", "{He} came with {m} dollars."],
        step: "change = m - cost",
        say: ["{name} has {=} dollars left.", "{cost} less than {m} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have left?",
      },
      {
        tell: "Then {name2} gives {him} {f} dollars.",
        step: "now = change + f",
        say: ["Now {he} has {=} dollars.", "{f} more than {change} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have now?",
      },
      {
        tell: "{name3} has {k} times as much money as {name} has now.",
        step: "other = now * k",
        say: ["{name3} has {=} dollars.", "{k} times {now} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name3} have?",
      },
    ],
  },
  {
    name: "two-prices",
    slots: { n: [2, 8], p: [2, 9], k: [2, 8], q: [2, 9], m: [40, 150, 10] },
    stages: [
      {
        tell: [
          "{name} buys {n} {things} at {p} dollars each and {k} {things2} at {q} dollars each.",
          "One {thing} costs {p} dollars and one {thing2} costs {q} dollars. {name} buys {n} {things} and {k} {things2}.",
        ],
        step: "first = n * p",
        say: ["The {things} cost {=} dollars.", "{n} times {p} is {=}."],
        unit: "dollars",
      },
      {
        step: "second = k * q",
        say: ["The {things2} cost {=} dollars.", "{k} times {q} is {=}."],
        unit: "dollars",
      },
      {
        step: "total = first + second",
        say: ["Together they cost {=} dollars.", "The total is {=}."],
        unit: "dollars",
        ask: ["How many dollars does {name} pay in all?", "How many dollars does all of it cost?"],
      },
      {
        tell: "{He} gives the shop {m} dollars.",
        step: "change = m - total",
        say: ["{He} gets back {=} dollars.", "The change is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} get back?",
      },
    ],
  },
  {
    name: "tickets",
    slots: { p: [2, 6], n: [2, 12], q: [4, 12], k: [2, 5] },
    stages: [
      {
        tell: [
          "A ticket costs {p} dollars for a child. {n} children go to a show.",
          "{n} children go to a show. One child pays {p} dollars.",
        ],
        step: "children = n * p",
        say: ["The children pay {=} dollars.", "{n} times {p} is {=}."],
        unit: "dollars",
        ask: "How many dollars do the children pay?",
      },
      {
        tell: "{k} adults go with them, and one adult pays {q} dollars.",
        step: "adults = k * q",
        say: ["The adults pay {=} dollars.", "{k} times {q} is {=}."],
        unit: "dollars",
      },
      {
        step: "total = children + adults",
        say: ["All of them pay {=} dollars.", "Together that is {=}."],
        unit: "dollars",
        ask: "How many dollars do they pay in all?",
      },
    ],
  },
  {
    name: "saving",
    slots: { a: [3, 12], w: [2, 9], g: [5, 50], b: [2, 20], saved: "a * w", p: "saved + g" },
    stages: [
      {
        tell: [
          "{name} saves {a} dollars each week for {w} weeks.",
          "Each week for {w} weeks {name} saves {a} dollars.",
        ],
        step: "have = a * w",
        say: ["{name} saves {=} dollars.", "{a} times {w} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} save?",
      },
      {
        tell: ["{He} wants a bike for {p} dollars.", "A bike costs {p} dollars."],
        step: "need = p - have",
        say: ["For the bike {he} needs {=} dollars more.", "{have} less than {p} is {=}."],
        unit: "dollars",
        ask: "How many more dollars does {name} need for the bike?",
      },
      {
        tell: "{name2} gives {him} {b} dollars for it.",
        step: "still = need - b",
        say: ["Then {he} still needs {=} dollars.", "With the gift it is {=}."],
        unit: "dollars",
        ask: "How many more dollars does {name} need after the gift?",
      },
    ],
  },
  {
    name: "wages",
    slots: { r: [4, 12], h: [2, 8], d: [2, 5], s: [5, 60], k: [2, 4] },
    stages: [
      {
        tell: [
          "{name} earns {r} dollars an hour and works {h} hours a day.",
          "{name} works {h} hours a day for {r} dollars an hour.",
        ],
        step: "day = r * h",
        say: ["In a day {name} earns {=} dollars.", "{r} times {h} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} earn in a day?",
      },
      {
        tell: "{He} works {d} days.",
        step: "pay = day * d",
        say: ["In {d} days that is {=} dollars.", "{day} times {d} is {=}."],
        unit: "dollars",
        ask: ["How many dollars does {name} earn in all?", "How many dollars does {he} earn in these days?"],
      },
      {
        tell: "Then {he} spends {s} dollars.",
        step: "left = pay - s",
        say: ["{He} has {=} dollars left.", "{s} less than {pay} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have left?",
      },
      {
        tell: "{He} splits the rest into {k} equal parts.",
        step: "part = left / k",
        say: ["One part is {=} dollars.", "{left} in {k} parts is {=}."],
        unit: "dollars",
        ask: "How many dollars are in one part?",
      },
    ],
  },
  {
    name: "purse",
    slots: { m: [40, 100], a: [5, 30], b: [5, 30], c: [2, 30], d: [2, 20], k: [2, 4] },
    stages: [
      {
        tell: [
          "{name} has {m} dollars and spends {a} on food.",
          "{name} goes out with {m} dollars. Food costs {him} {a} dollars.",
        ],
        step: "one = m - a",
        say: ["After the food {he} has {=} dollars.", "{a} less than {m} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have then?",
      },
      {
        tell: ["{He} spends {b} dollars on {things2} too.", "Then {he} buys {things2} for {b} dollars."],
        step: "two = one - b",
        say: ["After the {things2} {he} has {=} dollars.", "{b} less than {one} is {=}."],
        unit: "dollars",
        ask: "How many dollars are left?",
      },
      {
        tell: "Then {he} earns {c} dollars.",
        step: "three = two + c",
        say: ["With the new money {he} has {=} dollars.", "{c} more than {two} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have after that?",
      },
      {
        tell: "{name2} gives {him} {d} dollars.",
        step: "four = three + d",
        say: ["With the gift {he} has {=} dollars.", "{d} more than {three} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have now?",
      },
      {
        tell: "In the end {he} puts the same amount into each of {k} bags.",
        step: "five = four / k",
        say: ["Each bag holds {=} dollars.", "{four} in {k} parts is {=}."],
        unit: "dollars",
        ask: "How many dollars are in each bag?",
      },
    ],
  },
  {
    name: "discount",
    slots: { p: [10, 80, 10], pct: { of: [10, 20, 50] }, n: [2, 5], m: [20, 200, 10] },
    stages: [
      {
        tell: [
          "A coat costs {p} dollars. The price falls by {pct}%.",
          "A coat for {p} dollars gets {pct}% cheaper.",
        ],
        step: "cut = pct % p",
        say: ["The price falls by {=} dollars.", "The cut is {=}."],
        unit: "dollars",
        ask: "By how many dollars does the price fall?",
      },
      {
        step: "price = p - cut",
        say: ["The new price is {=} dollars.", "{cut} less than {p} is {=}."],
        unit: "dollars",
        ask: ["What is the new price in dollars?", "How many dollars does the coat cost now?"],
      },
      {
        tell: "{name} buys {n} coats at the new price.",
        step: "pay = price * n",
        say: ["{name} pays {=} dollars.", "{n} coats cost {=} dollars."],
        unit: "dollars",
        ask: "How many dollars does {name} pay?",
      },
      {
        tell: "{He} had {m} dollars.",
        step: "left = m - pay",
        say: ["{He} has {=} dollars left.", "{pay} less than {m} is {=}."],
        unit: "dollars",
        ask: "How many dollars does {name} have left?",
      },
    ],
  },
];
