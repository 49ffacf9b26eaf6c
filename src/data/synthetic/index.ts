/**
 * Seeded multi-step word problems with worked solutions. Pure: the same options give the same problems on any machine.
 */
import { NearmissError } from "../../errors.js";
import { type Random, random } from "../../random.js";
import { type Composed, compose, solution } from "./compose.js";
import { FAMILIES } from "./families/index.js";
import type { Family } from "./family.js";
import type { SyntheticProblem } from "./problem.js";

export interface SyntheticOptions {
  /** How many problems. */
  count: number;
  seed: number;
  /** Fewest and most steps, 1 to 5. */
  minSteps?: number;
  maxSteps?: number;
  /** Names of families; all when not given. */
  families?: readonly string[];
  /** Two splits never share a question, nor the same numbers in the same story, whatever their seeds. */
  split: "train" | "test";
}

/** How often a problem of 1, 2, ... 5 steps is drawn: mostly short, for a model of a few million parameters. */
const STEP_WEIGHTS = [30, 40, 22, 6, 2] as const;
const TEST_SHARE = 0.1;
/** So many draws in a row without a new problem mean that the families have no more to give. */
const PATIENCE = 2000;

/** The names of all families. */
export const familyNames: readonly string[] = FAMILIES.map((family) => family.name);

/**
 * `count` different problems. The first n of a longer list are the list of n.
 * @throws NearmissError where a family is unknown, no family has the asked number of steps, or there are not so many
 * different problems.
 */
export function synthetic(options: SyntheticOptions): SyntheticProblem[] {
  const { count, seed, minSteps = 1, maxSteps = STEP_WEIGHTS.length, split } = options;
  const levels = levelTable(chosen(options.families), minSteps, maxSteps);
  const rng = random(seed, "synthetic", split);
  const seen = new Set<string>();
  const problems: SyntheticProblem[] = [];
  for (let tries = 0; problems.length < count; tries++) {
    if (tries > PATIENCE) throw exhausted(count, problems.length);
    const { level, families } = pickLevel(levels, rng);
    const family = rng.pick(families);
    const composed = compose(family, level, rng);
    if (composed === null || splitOf(composed) !== split || seen.has(composed.question)) continue;
    seen.add(composed.question);
    problems.push(toProblem(family, composed, rng));
    tries = 0;
  }
  return problems;
}

/** The other wordings of a problem's worked solution: same equations, same answer, its own solution left out. */
export function phrasings(problem: SyntheticProblem): string[] {
  const wordings = Math.max(...problem.steps.map((step) => step.texts.length));
  const all = Array.from({ length: wordings }, (_, wording) => solution(problem.steps, wording));
  return [...new Set(all)].filter((text) => text !== problem.solution);
}

function toProblem(family: Family, { question, steps }: Composed, rng: Random): SyntheticProblem {
  // The last wording ("First we find ...") is kept for phrasings(): a small model learns better from fewer.
  const wordings = Math.min(...steps.map((step) => step.texts.length)) - 1;
  const answer = String(steps.at(-1)?.result);
  return {
    id: `synthetic-${shortHash(question)}`,
    question,
    answer,
    solution: solution(steps, rng.int(0, wordings - 1)),
    source: "synthetic",
    type: family.name,
    steps,
  };
}

function splitOf({ key }: Composed): "train" | "test" {
  return random(0, "synthetic-split", key).next() < TEST_SHARE ? "test" : "train";
}

/** 64 bits of a hash as hex: an id that depends on the question alone. */
function shortHash(question: string): string {
  const stream = random(0, "synthetic-id", question);
  const word = () => stream.int(0, 2 ** 32 - 1);
  return [word(), word()].map((bits) => bits.toString(16).padStart(8, "0")).join("");
}

interface Level {
  level: number;
  weight: number;
  families: Family[];
}

/** For each number of steps, the families that can end there. */
function levelTable(families: readonly Family[], minSteps: number, maxSteps: number): Level[] {
  const table = STEP_WEIGHTS.map((weight, index) => ({
    level: index + 1,
    weight,
    families: families.filter((family) => family.stages[index]?.ask !== undefined),
  })).filter(({ level, families: able }) => level >= minSteps && level <= maxSteps && able.length > 0);
  if (table.length > 0) return table;
  throw new NearmissError(
    `No synthetic family has problems of ${minSteps} to ${maxSteps} steps. Steps go from 1 to ${STEP_WEIGHTS.length}; widen the range or name other families.`,
  );
}

function pickLevel(levels: readonly Level[], rng: Random): Level {
  let rest = rng.next() * levels.reduce((sum, { weight }) => sum + weight, 0);
  for (const level of levels) {
    rest -= level.weight;
    if (rest < 0) return level;
  }
  return rng.pick(levels);
}

function chosen(names: readonly string[] | undefined): readonly Family[] {
  if (names === undefined) return FAMILIES;
  return names.map((name) => {
    const family = FAMILIES.find((one) => one.name === name);
    if (family !== undefined) return family;
    throw new NearmissError(`There is no synthetic family "${name}". Known ones: ${familyNames.join(", ")}.`);
  });
}

function exhausted(count: number, found: number): NearmissError {
  return new NearmissError(
    `There are no ${count} different synthetic problems of this kind (${found} found). Ask for fewer, for more families or for more steps.`,
  );
}
