/** From a family to one problem: draw the numbers, do the steps, word them. */
import type { Random } from "../../random.js";
import {
  apply,
  type Draw,
  expression,
  type Family,
  fill,
  parseFormula,
  parseStep,
  type Text,
} from "./family.js";
import { drawWords } from "./lexicon.js";
import type { SyntheticProblem, SyntheticStep } from "./problem.js";

/** Results outside are drawn again: nothing is counted in fractions, "1 apples" never arises, numbers stay small. */
const SMALLEST = 2;
const LARGEST = 500;

/** A problem of `family` with `level` steps, or null where the numbers drawn do not fit it. */
export function compose(family: Family, level: number, rng: Random): Composed | null {
  const numbers = new Map<string, number>();
  for (const [slot, how] of Object.entries(family.slots)) numbers.set(slot, draw(how, numbers, rng));
  const stages = family.stages.slice(0, level);
  const worked = stages.map((stage, index) => {
    const step = work(stage.step, numbers, family, index);
    numbers.set(parseStep(stage.step).slot, step.result);
    return step;
  });
  const fits = worked.every(
    ({ result }) => Number.isInteger(result) && result >= SMALLEST && result <= LARGEST,
  );
  if (!fits || !(family.where?.((slot) => numberOf(slot, numbers)) ?? true)) return null;

  const slots = new Map<string, string | number>([...drawWords(rng), ...numbers]);
  const ask = stages.at(-1)?.ask;
  if (ask === undefined) throw new RangeError(`family "${family.name}" does not end after ${level} steps`);
  const tells = stages.flatMap((stage) => (stage.tell === undefined ? [] : [one(stage.tell, rng)]));
  const question = fill([...tells, one(ask, rng)].join(" "), slots);
  const steps = worked.map((step, index): SyntheticStep => {
    const stage = stages[index];
    if (stage === undefined) throw new RangeError("a step without a stage");
    const equation = `${step.expression} = ${step.result}`;
    const bare = fill(stage.unit === "" ? equation : `${equation} ${stage.unit}`, slots);
    const said = stage.say.map((text) => fill(text, new Map(slots).set("=", equation)));
    return { ...step, texts: [...said, `${bare}.`, `${opener(index, level)} ${bare}.`].map(capital) };
  });
  const key = JSON.stringify([family.name, ...steps.map((step) => step.expression)]);
  return { question, steps, key };
}

export interface Composed {
  question: string;
  steps: SyntheticStep[];
  /** What makes two problems the same but for names and wording: family, length and numbers. */
  key: string;
}

/** The worked solution in the i-th wording of every step, closed by the answer line. */
export function solution(steps: SyntheticProblem["steps"], wording: number): string {
  const lines = steps.map((step) => step.texts[wording % step.texts.length]);
  return [...lines, `The answer is: ${steps.at(-1)?.result}`].join("\n");
}

function work(text: string, numbers: ReadonlyMap<string, number>, family: Family, index: number) {
  const { left, operation, right } = parseStep(text);
  const operand = (name: string): SyntheticStep["operands"][number] => {
    const step = family.stages.slice(0, index).findIndex((stage) => parseStep(stage.step).slot === name);
    const from = /^\d+$/.test(name) ? "constant" : step < 0 ? "question" : step;
    return { value: numberOf(name, numbers), from };
  };
  const operands: SyntheticStep["operands"] = [operand(left), operand(right)];
  const [a, b] = [operands[0].value, operands[1].value];
  return { expression: expression(operation, a, b), operation, operands, result: apply(operation, a, b) };
}

function draw(how: Draw, numbers: ReadonlyMap<string, number>, rng: Random): number {
  if (typeof how === "string") {
    const { left, operation, right } = parseFormula(how);
    return apply(operation, numberOf(left, numbers), numberOf(right, numbers));
  }
  if ("of" in how) return rng.pick(how.of);
  const [low, high, by = 1] = how;
  return low + by * rng.int(0, Math.floor((high - low) / by));
}

function numberOf(name: string, numbers: ReadonlyMap<string, number>): number {
  const value = /^\d+$/.test(name) ? Number(name) : numbers.get(name);
  if (value === undefined) throw new RangeError(`no number "${name}"`);
  return value;
}

function one(text: Text, rng: Random): string {
  return typeof text === "string" ? text : rng.pick(text);
}

function opener(index: number, level: number): string {
  if (level === 1) return "We find";
  if (index === 0) return "First we find";
  return index === level - 1 ? "At last we find" : "Then we find";
}

/** A sentence that begins with a small letter (a unit's or pronoun's) gets a capital one; "x = 5" stays. */
function capital(text: string): string {
  return /^[a-z] /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
