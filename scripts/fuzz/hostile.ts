/**
 * Texts that try to break a reader of mathematics: generators by name, each a pure function of a random stream. Sizes
 * grow with `scale` (1 for a few hundred characters, up to some thousand for a megabyte).
 */
import type { Random } from "../../src/random.js";
import { DIFFERENT, SAME } from "../../tests/answer-forms.js";
import type { Texts } from "./properties.js";
import { FRAGMENTS, QUESTIONS, SOLUTIONS } from "./texts.js";

type Generator = (r: Random, scale: number) => string;

/** `count` draws of `make`, joined. */
const many = (r: Random, count: number, make: (r: Random) => string, between = ""): string =>
  Array.from({ length: count }, () => make(r)).join(between);

const digits: Generator = (r, scale) => many(r, r.int(1, 200) * scale, (s) => String(s.int(0, 9)));
const small = (r: Random): string => String(r.int(0, 99));
const nested = (open: string, inner: string, close: string, depth: number): string =>
  open.repeat(depth) + inner + close.repeat(depth);

/** Code units that no text should hold, and some that it may: lone surrogates, marks of direction, nulls, joiners. */
const ODD = [
  "\ud800",
  "\udfff",
  "\u200f",
  "\u202e",
  "\u2066",
  "\u0000",
  "\u200d",
  "\ufeff",
  "\u2028",
  "\u0301",
  "\u{1d7d8}",
  "\uff11",
  "\u0661",
  "\u221e",
  "\u00bd",
  "\u2211",
  "\u00b2",
  "\u22c5",
] as const;

const BRACKETS = ["(", ")", "[", "]", "{", "}", "|", "\\{", "\\}", "\\left(", "\\right]", "\\lfloor", "\\("];
const OPERATORS = ["+", "-", "*", "/", "^", "=", "<", "\\times ", "\\cdot ", "!", "%", " of ", "\\pm ", "_"];
const COMMANDS =
  "frac sqrt sum prod int binom log sin boxed text begin{pmatrix} end{pmatrix} begin{align} end{align} left right pmod cup".split(
    " ",
  );

/** Runs that make a backtracking matcher try every split. */
const RUNS = [
  " ",
  "\t",
  "a",
  "a ",
  "A",
  "0",
  "1,",
  "1.",
  "$",
  "\\",
  "\\ ",
  "\\boxed{",
  "\\text{",
  "\\begin{array}i",
  "\\frac",
  "answer is ",
  "the ",
  "A:",
  "####",
  "**",
  "is (A",
  "and ",
  "\n",
  "=",
  "...",
  "x=",
  "{}",
  "$$",
  "quarterly ",
  "does ",
  "half of ",
  "1 day ",
  "<<",
  "| ",
  "1/",
  "Step 1: ",
] as const;

/** Beginnings and wholes of Python statements. */
const STATEMENTS = [
  "a = ",
  "a, b = 2, ",
  "a += ",
  "a *= a",
  "a = a ** a",
  "print(a)",
  "print(",
  'a = f"{a}{a}"',
  "a = (a, a)",
  "a = [a, b, 1",
  "print(max(a), round(b, 2))",
  'print(f"{a:.2f}", "',
  "import math, b as a",
  "for a in b: ",
  "# ",
  "'",
] as const;

const expression: Generator = (r, scale) =>
  many(r, r.int(1, 12) * scale, (s) => {
    const kind = s.int(0, 9);
    if (kind < 4) return small(s);
    if (kind < 7) return s.pick(OPERATORS);
    if (kind < 8) return s.pick(BRACKETS);
    return kind < 9 ? `\\${s.pick(COMMANDS)}{${small(s)}}` : s.pick(["x", "pi", "y", "e", "i", "k"]);
  });

/** One to eight edits of a well-formed text: cut, double, swap, or put something odd in. */
const mutate = (r: Random, text: string): string => {
  let out = text;
  for (let edits = r.int(1, 8); edits > 0; edits--) {
    const at = r.int(0, out.length);
    const to = Math.min(out.length, at + r.int(0, 24));
    const piece = out.slice(at, to);
    const put = r.pick([
      "",
      piece + piece,
      r.pick(ODD),
      r.pick(BRACKETS),
      r.pick(OPERATORS),
      small(r),
      r.pick(FRAGMENTS),
      `\\${r.pick(COMMANDS)}`,
    ]);
    out = out.slice(0, at) + put + out.slice(to);
  }
  return out;
};

export const GENERATORS: Readonly<Record<string, Generator>> = {
  digits,
  expression,
  nesting: (r, scale) => {
    const [open, close] = r.pick([
      ["(", ")"],
      ["{", "}"],
      ["\\left(", "\\right)"],
      ["\\sqrt{", "}"],
      ["\\frac{1}{", "}"],
      ["-(", ")"],
      ["|", "|"],
      ["\\text{", "}"],
      ["\\boxed{", "}"],
      ["$", "$"],
      ["{1,", "}"],
      ["f(", ")"],
      ["2^{", "}"],
    ]);
    const depth = r.int(1, 300) * scale;
    const whole = nested(open, small(r), close, depth);
    return r.int(0, 2) === 0 ? whole.slice(0, r.int(0, whole.length)) : `${whole} = ${small(r)}`;
  },
  tower: (r, scale) =>
    `${many(r, r.int(2, 60) * scale, small, r.pick(["^", "**", "^{", "^-"]))} = ${small(r)}`,
  factorial: (r, scale) => `${digits(r, 1)}${"!".repeat(r.int(1, 20) * scale)} = ${small(r)}`,
  fractions: (r, scale) =>
    `${"\\frac{1}{1+".repeat(r.int(1, 100) * scale)}2${"}".repeat(r.int(0, 100) * scale)} = ${small(r)}`,
  odd: (r, scale) =>
    many(r, r.int(1, 100) * scale, (s) => s.pick([s.pick(ODD), small(s), " ", s.pick(OPERATORS)])),
  brackets: (r, scale) => many(r, r.int(1, 200) * scale, (s) => s.pick([s.pick(BRACKETS), small(s)])),
  runs: (r, scale) => {
    const run = r.pick(RUNS).repeat(r.int(1, 120) * scale);
    return r.pick([run, `${run}!`, `1${run}`, `${small(r)} ${run} = ${small(r)}`, `\\boxed{${run}}`]);
  },
  bits: (r, scale) => many(r, r.int(1, 60) * scale, (s) => String.fromCharCode(s.int(0, 65535))),
  ascii: (r, scale) => many(r, r.int(1, 200) * scale, (s) => String.fromCharCode(s.int(9, 126))),
  chain: (r, scale) =>
    many(
      r,
      r.int(2, 20) * scale,
      (s) => `${small(s)} ${s.pick(["+", "*", "x", "/"])} 3 = ${small(s)}`,
      r.pick(["\n", " = ", ", so "]),
    ),
  equations: (r, scale) =>
    many(
      r,
      r.int(1, 12) * scale,
      (s) => `${small(s)}${s.pick(["x", "y"])}^${s.int(1, 9)} = ${expression(s, 1)}`,
      "\n",
    ),
  lists: (r, scale) =>
    many(r, r.int(1, 80) * scale, (s) => s.pick([small(s), "1/2", "x", "(1,2)", "\\pm 3", "[0,1)"]), ", "),
  powers: (r) =>
    `${digits(r, 1)}^{${digits(r, 1)}} ${r.pick(OPERATORS)} ${digits(r, 1)}^{-${small(r)}} = ${digits(r, 1)}`,
  sums: (r) =>
    `\\sum_{k=${small(r)}}^{${digits(r, 1)}} \\prod_{j=1}^{k} \\binom{${digits(r, 1)}}{j} = ${small(r)}`,
  programs: (r, scale) =>
    many(r, r.int(1, 3) * scale, (s) => {
      const code = many(s, s.int(1, 12), (t) => `${t.pick(STATEMENTS)}${t.pick(["", expression(t, 1)])}\n`);
      return `\`\`\`python\n${code}\`\`\`\n\`\`\`${s.pick(["output", "", "text"])}\n${small(s)}\n\`\`\`\n`;
    }),
  mutated: (r, scale) => many(r, scale, (s) => mutate(s, s.pick(SOLUTIONS)), "\n"),
  spliced: (r, scale) =>
    many(
      r,
      r.int(2, 5) * scale,
      (s) => {
        const text = s.pick(SOLUTIONS);
        const at = s.int(0, text.length);
        return text.slice(at, at + s.int(0, 120));
      },
      r.pick(["", "\n", " ", "$"]),
    ),
};

/** Short answers of a case: they cost little and reach most of the reader. */
const ANSWERS = 24;
const MEGABYTE = 1_000_000;

const FORMS: readonly string[] = [FRAGMENTS, ...Object.values(SAME), ...Object.values(DIFFERENT)].flat(2);

/** A short text for an answer: a piece of one of the others, an edited form, or an edit of the answer before it. */
function answer(r: Random, before: string): string {
  const kind = r.int(0, 3);
  const make = GENERATORS[r.pick(Object.keys(GENERATORS))] ?? digits;
  if (kind === 0) return make(r, 1).slice(0, 400);
  return mutate(r, kind === 1 ? before : r.pick(FORMS));
}

/** The texts of one case; `large` makes the solution, or it and the reference, or these and the question, a megabyte in all. */
export function texts(r: Random, kind: string, large = false): Texts {
  const make = GENERATORS[kind] ?? digits;
  const answers: string[] = [];
  for (let i = 0; i < ANSWERS; i++) answers.push(answer(r, answers.at(-1) ?? ""));
  const count = large ? r.int(1, 3) : 0;
  const length = MEGABYTE / Math.max(1, count);
  const solution = large ? long(make(r, 100), length) : make(r, 1);
  return {
    question:
      count > 2
        ? long(make(r, 100), length)
        : r.int(0, 3) === 0
          ? mutate(r, r.pick(QUESTIONS))
          : r.pick(QUESTIONS),
    solution,
    reference:
      count > 1
        ? long(make(r, 100), length)
        : r.int(0, 1) === 0
          ? make(r, 1)
          : answer(r, solution.slice(0, 400)),
    answers,
  };
}

const long = (text: string, length: number) =>
  text.repeat(Math.ceil(length / Math.max(1, text.length))).slice(0, length);
