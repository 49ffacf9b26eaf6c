/**
 * Several wordings of one solution (AnsAug of MetaMathQA, by rule): the arithmetic stays, the words around it change.
 * Each rewording is read back by the verifier's trace and dropped unless it computes the same results from the same
 * numbers in the same order.
 */
import { equal, show } from "../../verifier/expression/rational.js";
import { buildTrace, type Claim, type Trace } from "../../verifier/trace.js";
import { exactValue, written } from "../arithmetic.js";
import type { Problem } from "../records.js";

/** The same problem under each other wording of its solution; none where the solution computes nothing. */
export function ansAug(problem: Problem): Problem[] {
  const { question, solution } = problem;
  if (solution === undefined) return [];
  const lines = solution.split("\n");
  const close = lines.at(-1) ?? "";
  const body = lines.slice(0, -1).join("\n");
  const trace = buildTrace(question, body);
  if (trace.claims.length === 0) return [];
  const wordings = isSelfContained(trace, problem.answer) ? [...IN_SENTENCES, ...BARE] : IN_SENTENCES;
  const texts = wordings.map((wording) => `${wording(body, trace, question)}\n${close}`);
  const faithful = [...new Set(texts)].filter((text) => text !== solution && sameWork(trace, question, text));
  return faithful.map((text, index) => ({ ...problem, id: `${problem.id}-ansaug-${index}`, solution: text }));
}

type Wording = (body: string, trace: Trace, question: string) => string;

/** Whether the equations alone tell the solution: each number comes from somewhere, and the last is the answer. */
function isSelfContained({ claims }: Trace, answer: string): boolean {
  const last = claims.at(-1);
  const grounded = claims.every(({ operands }) => operands.every(({ origin }) => origin !== "ungrounded"));
  return grounded && last !== undefined && show(last.result.value) === answer;
}

const IN_SENTENCES: readonly Wording[] = [
  (body, trace) => inEquations(body, trace, spaced),
  (body, trace, question) => connected(inEquations(body, trace, spaced), question),
];

const BARE: readonly Wording[] = [
  (_body, trace) => bareEquations(trace),
  (_body, trace, question) => connected(inWords(bareEquations(trace)), question),
];

/** Rewrites each equation where it stands. */
function inEquations(body: string, { chains }: Trace, rewrite: (equation: string) => string): string {
  let out = "";
  let at = 0;
  for (const { sides } of chains) {
    const [start, end] = [sides[0]?.start ?? 0, sides.at(-1)?.end ?? 0];
    if (start < at || end <= start) continue;
    out += body.slice(at, start) + rewrite(body.slice(start, end));
    at = end;
  }
  return out + body.slice(at);
}

const BETWEEN = /(?<=[\d)%a-z]) ?([-+*/=x×]) ?(?=[\d(.$])/g;

/** "48/2=24", "3 x 4 = 12" as "48 / 2 = 24", "3 * 4 = 12". */
function spaced(equation: string): string {
  return equation
    .replace(/\s+/g, " ")
    .replace(BETWEEN, (_all, sign: string) => ` ${/[x×]/.test(sign) ? "*" : sign} `);
}

const WORDS: Record<string, string> = {
  "+": "plus",
  "-": "minus",
  "*": "times",
  "/": "divided by",
  "=": "is",
};

/** "48 / 2 = 24." as "48 divided by 2 is 24."; a line with brackets keeps its signs. */
function inWords(equations: string): string {
  const said = equations
    .split("\n")
    .map((line) =>
      line.includes("(") ? line : line.replace(/ ([-+*/=]) /g, (_all, sign: string) => ` ${WORDS[sign]} `),
    );
  return said.join("\n");
}

/** Nothing but the equations, each on a line. */
function bareEquations({ claims }: Trace): string {
  return claims.map(({ expression, result }) => `${written(expression)} = ${show(result.value)}.`).join("\n");
}

const CONNECTIVE =
  /^(?:(?:so|then|thus|therefore|hence|first|next|now|finally|also|in total|and|(?:that|this) means)\b,?\s+)+/i;
const KEEPS_ITS_OPENING = /^(?:since|if|when|because|as|after|before)\b/i;

/** "First, ...", "Then, ...", "Finally, ..." in place of the connectives that were there. */
function connected(body: string, question: string): string {
  const lines = body.split("\n");
  const known = `${question}\n${body}`;
  return lines
    .map((line, index) => {
      if (KEEPS_ITS_OPENING.test(line)) return line;
      return `${opening(index, lines.length)}, ${uncapital(line.replace(CONNECTIVE, ""), known)}`;
    })
    .join("\n");
}

function opening(index: number, lines: number): string {
  if (lines === 1) return "So";
  if (index === 0) return "First";
  return index === lines - 1 && lines > 2 ? "Finally" : "Then";
}

const COMMON =
  /^(?:The|A|An|In|On|At|He|She|They|It|His|Her|Their|There|That|These|For|Each|Every|All|Both|Half)$/;

/** A small letter for a first word that is no name: one of the commonest, or written small elsewhere. */
function uncapital(line: string, known: string): string {
  const word = /^[A-Z][a-z]*\b/.exec(line)?.[0];
  if (word === undefined || word === "I") return line;
  const small = word.toLowerCase();
  const common = COMMON.test(word) || new RegExp(`\\b${small}\\b`).test(known);
  return common ? small + line.slice(word.length) : line;
}

function sameWork(trace: Trace, question: string, text: string): boolean {
  const other = buildTrace(question, text).claims;
  return (
    other.length === trace.claims.length && other.every((claim, index) => same(claim, trace.claims[index]))
  );
}

function same(a: Claim, b: Claim | undefined): boolean {
  if (b === undefined || !equal(a.result.value, b.result.value)) return false;
  if (a.operands.length !== b.operands.length) return false;
  const [left, right] = [exactValue(a.expression), exactValue(b.expression)];
  if (left === null || right === null || !equal(left, right)) return false;
  return a.operands.every((operand, i) => equal(operand.value, b.operands[i]?.value ?? b.result.value));
}
