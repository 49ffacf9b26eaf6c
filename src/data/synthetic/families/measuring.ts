/** Speed, work, time, length, area, temperature and averages. */
import type { Family } from "../family.js";

export const measuring: readonly Family[] = [
  {
    name: "distance",
    slots: { v: [10, 60, 5], t: [2, 6], b: [5, 40, 5], g: { of: [5, 10] } },
    stages: [
      {
        tell: [
          "A car drives {v} miles an hour for {t} hours.",
          "For {t} hours a car drives {v} miles an hour.",
        ],
        step: "far = v * t",
        say: ["The car drives {=} miles.", "{v} times {t} is {=}."],
        unit: "miles",
        ask: ["How many miles does the car drive?", "How far does the car drive in miles?"],
      },
      {
        tell: "Then it drives {b} miles more.",
        step: "total = far + b",
        say: ["In all it drives {=} miles.", "{b} more than {far} is {=}."],
        unit: "miles",
        ask: "How many miles does the car drive in all?",
      },
      {
        tell: "It needs one gallon of gas for every {g} miles.",
        step: "gas = total / g",
        say: ["It needs {=} gallons.", "{total} in parts of {g} is {=}."],
        unit: "gallons",
        ask: "How many gallons does the car need?",
      },
    ],
  },
  {
    name: "speed",
    slots: { t: [2, 6], v: [5, 40, 5], d: "t * v", u: [2, 9] },
    stages: [
      {
        tell: ["A train goes {d} miles in {t} hours.", "In {t} hours a train goes {d} miles."],
        step: "rate = d / t",
        say: ["In one hour it goes {=} miles.", "{d} in {t} parts is {=}."],
        unit: "miles",
        ask: "How many miles does it go in one hour?",
      },
      {
        tell: "It goes on at the same speed for {u} hours.",
        step: "far = rate * u",
        say: ["In {u} hours it goes {=} miles.", "{rate} times {u} is {=}."],
        unit: "miles",
        ask: "How many miles does it go in these {u} hours?",
      },
      {
        step: "total = d + far",
        say: ["In all it goes {=} miles.", "{d} and {far} make {=}."],
        unit: "miles",
        ask: "How many miles does the train go in all?",
      },
    ],
  },
  {
    name: "work",
    slots: { a: [3, 15], b: [3, 15], h: [2, 6], g: [10, 60], k: [2, 4] },
    stages: [
      {
        tell: [
          "In an hour {name} makes {a} {things} and {name2} makes {b}.",
          "{name} makes {a} {things} an hour, and {name2} makes {b} an hour.",
        ],
        step: "rate = a + b",
        say: ["In an hour both make {=} {things}.", "{a} and {b} make {=}."],
        unit: "{things}",
        ask: "How many {things} do both make in an hour?",
      },
      {
        tell: ["They work for {h} hours.", "Both work {h} hours."],
        step: "made = rate * h",
        say: ["In {h} hours they make {=} {things}.", "{rate} times {h} is {=}."],
        unit: "{things}",
        ask: ["How many {things} do they make in all?", "How many {things} do they make together?"],
      },
      {
        tell: "They sell {g} of the {things}.",
        step: "left = made - g",
        say: ["Then {=} {things} are left.", "{g} fewer than {made} is {=}."],
        unit: "{things}",
        ask: "How many {things} are left?",
      },
      {
        tell: "The rest goes into {k} equal boxes.",
        step: "box = left / k",
        say: ["One box holds {=} {things}.", "{left} in {k} parts is {=}."],
        unit: "{things}",
        ask: "How many {things} are in one box?",
      },
    ],
  },
  {
    name: "minutes",
    slots: { h: [2, 5], m: [5, 55, 5], b: [10, 60, 5] },
    stages: [
      {
        tell: [
          "{name} plays for {h} hours and {m} minutes.",
          "A game takes {name} {h} hours and {m} minutes.",
        ],
        step: "long = h * 60",
        say: ["{h} hours are {=} minutes.", "An hour has 60 minutes, so that is {=} minutes."],
        unit: "minutes",
      },
      {
        step: "all = long + m",
        say: ["In all that is {=} minutes.", "With {m} minutes more it is {=}."],
        unit: "minutes",
        ask: "How many minutes is that?",
      },
      {
        tell: "{name2} plays {b} minutes less.",
        step: "less = all - b",
        say: ["{name2} plays {=} minutes.", "{b} less than {all} is {=}."],
        unit: "minutes",
        ask: "How many minutes does {name2} play?",
      },
    ],
  },
  {
    name: "weeks",
    slots: { a: [2, 9], w: [2, 6], b: [5, 40] },
    stages: [
      {
        tell: ["{name} runs {a} miles every day.", "Every day {name} runs {a} miles."],
        step: "week = a * 7",
        say: ["In a week {name} runs {=} miles.", "A week has 7 days, so that is {=} miles."],
        unit: "miles",
        ask: "How many miles does {name} run in a week?",
      },
      {
        tell: "{He} does it for {w} weeks.",
        step: "total = week * w",
        say: ["In {w} weeks that is {=} miles.", "{week} times {w} is {=}."],
        unit: "miles",
        ask: "How many miles does {name} run in these weeks?",
      },
      {
        tell: "{name2} runs {b} miles less in that time.",
        step: "other = total - b",
        say: ["{name2} runs {=} miles.", "{b} less than {total} is {=}."],
        unit: "miles",
        ask: "How many miles does {name2} run?",
      },
    ],
  },
  {
    name: "there-and-back",
    slots: { a: [2, 15], d: [2, 6], b: [2, 30] },
    stages: [
      {
        tell: [
          "The way to school is {a} miles. {name} goes there and back.",
          "{name} lives {a} miles from school and goes there and back.",
        ],
        step: "day = a * 2",
        say: ["There and back is {=} miles.", "Twice {a} is {=}."],
        unit: "miles",
        ask: "How many miles does {name} go?",
      },
      {
        tell: "{He} does this on {d} days.",
        step: "week = day * d",
        say: ["On {d} days {he} goes {=} miles.", "{day} times {d} is {=}."],
        unit: "miles",
        ask: "How many miles does {name} go on these days?",
      },
      {
        tell: "On top of that {he} walks {b} miles.",
        step: "all = week + b",
        say: ["In all {name} goes {=} miles.", "{b} more than {week} is {=}."],
        unit: "miles",
        ask: "How many miles does {name} go in all?",
      },
    ],
  },
  {
    name: "perimeter",
    slots: { l: [4, 30], w: [3, 20], p: [2, 5] },
    where: (number) => number("l") > number("w"),
    stages: [
      {
        tell: [
          "A garden is {l} feet long and {w} feet wide.",
          "The sides of a garden are {l} feet and {w} feet.",
        ],
        step: "half = l + w",
        say: ["One long and one short side are {=} feet.", "The two sides make {=}."],
        unit: "feet",
      },
      {
        step: "around = half * 2",
        say: ["All the way around is {=} feet.", "Twice {half} is {=}."],
        unit: "feet",
        ask: ["How many feet is it all the way around?", "What is its perimeter in feet?"],
      },
      {
        tell: "A fence all the way around costs {p} dollars a foot.",
        step: "cost = around * p",
        say: ["The fence costs {=} dollars.", "{around} times {p} is {=}."],
        unit: "dollars",
        ask: "How many dollars does the fence cost?",
      },
    ],
  },
  {
    name: "area",
    slots: { l: [3, 15], w: [3, 12], h: [5, 60], p: [2, 5] },
    stages: [
      {
        tell: ["A floor is {l} feet long and {w} feet wide.", "A room has a floor of {l} feet by {w} feet."],
        step: "area = l * w",
        say: ["The floor has {=} square feet.", "{l} times {w} is {=}."],
        unit: "square feet",
        ask: "What is the area of the floor in square feet?",
      },
      {
        tell: "A rug covers {h} square feet of it.",
        step: "bare = area - h",
        say: ["The rug leaves {=} square feet.", "{h} less than {area} is {=}."],
        unit: "square feet",
        ask: "How many square feet are not covered?",
      },
      {
        tell: "To paint the rest costs {p} dollars a square foot.",
        step: "cost = bare * p",
        say: ["The paint costs {=} dollars.", "{bare} times {p} is {=}."],
        unit: "dollars",
        ask: "How many dollars does the paint cost?",
      },
    ],
  },
  {
    name: "inches",
    slots: { p: { of: [2, 3, 4, 6] }, f: [2, 10], b: [2, 15] },
    stages: [
      {
        tell: ["A rope is {f} feet long.", "{name} has a rope of {f} feet."],
        step: "long = f * 12",
        say: ["{f} feet are {=} inches.", "A foot has 12 inches, so that is {=} inches."],
        unit: "inches",
        ask: "How many inches long is the rope?",
      },
      {
        tell: "It is cut into parts of {p} inches.",
        step: "parts = long / p",
        say: ["That makes {=} parts.", "{long} in parts of {p} is {=}."],
        unit: "parts",
        ask: "How many parts are there?",
      },
      {
        tell: "{name2} takes {b} of the parts.",
        step: "left = parts - b",
        say: ["Then {=} parts are left.", "{b} fewer than {parts} is {=}."],
        unit: "parts",
        ask: "How many parts are left?",
      },
    ],
  },
  {
    name: "tank",
    slots: { r: [2, 9], t: [2, 10], rest: [5, 50], b: [2, 30], lost: "r * t", a: "lost + rest" },
    stages: [
      {
        tell: [
          "Each minute {r} gallons run out of a tank. This goes on for {t} minutes.",
          "For {t} minutes a tank loses {r} gallons a minute.",
        ],
        step: "out = r * t",
        say: ["The tank loses {=} gallons.", "{r} times {t} is {=}."],
        unit: "gallons",
        ask: "How many gallons does the tank lose?",
      },
      {
        tell: "It held {a} gallons at first.",
        step: "left = a - out",
        say: ["Then {=} gallons are in the tank.", "{out} less than {a} is {=}."],
        unit: "gallons",
        ask: "How many gallons are left in the tank?",
      },
      {
        tell: "Then {name} pours {b} gallons in.",
        step: "now = left + b",
        say: ["Now the tank holds {=} gallons.", "{b} more than {left} is {=}."],
        unit: "gallons",
        ask: "How many gallons are in the tank now?",
      },
    ],
  },
  {
    name: "temperature",
    slots: { a: [10, 60], b: [2, 25], c: [2, 30], d: [2, 20] },
    stages: [
      {
        tell: [
          "In the morning it is {a} degrees. At noon it is {b} degrees warmer.",
          "It is {a} degrees in the morning and gets {b} degrees warmer by noon.",
        ],
        step: "noon = a + b",
        say: ["At noon it is {=} degrees.", "{b} more than {a} is {=}."],
        unit: "degrees",
        ask: "How many degrees is it at noon?",
      },
      {
        tell: "By night it falls by {c} degrees.",
        step: "night = noon - c",
        say: ["At night it is {=} degrees.", "{c} less than {noon} is {=}."],
        unit: "degrees",
        ask: "How many degrees is it at night?",
      },
      {
        tell: "The next day it is {d} degrees warmer than at night.",
        step: "next = night + d",
        say: ["The next day it is {=} degrees.", "{d} more than {night} is {=}."],
        unit: "degrees",
        ask: "How many degrees is it the next day?",
      },
    ],
  },
  {
    name: "average",
    slots: { a: [4, 30], b: [4, 30], c: [4, 30], k: [2, 20] },
    stages: [
      {
        tell: [
          "{name} gets {a}, {b} and {c} points in three games.",
          "In three games {name} gets {a} points, {b} points and {c} points.",
        ],
        step: "two = a + b",
        say: ["The first two games give {=} points.", "{a} and {b} make {=}."],
        unit: "points",
      },
      {
        step: "sum = two + c",
        say: ["All three games give {=} points.", "With {c} more it is {=}."],
        unit: "points",
        ask: "How many points does {name} get in all?",
      },
      {
        step: "mean = sum / 3",
        say: ["The average is {=} points.", "{sum} in 3 parts is {=}."],
        unit: "points",
        ask: ["What is {his} average?", "How many points is that a game on average?"],
      },
      {
        tell: "The average of {name2} is {k} points higher than the average of {name}.",
        step: "other = mean + k",
        say: ["The average of {name2} is {=} points.", "{k} more than {mean} is {=}."],
        unit: "points",
        ask: "What is the average of {name2}?",
      },
    ],
  },
];
