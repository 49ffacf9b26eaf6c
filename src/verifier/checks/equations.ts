/** The equations of a solution in order, as the algebra check compares them. */
import type { Chain, Side } from "../claims.js";
import { chainsOf } from "../claims.js";
import type { Node } from "../expression/ast.js";
import { evaluate, isExact, type Value } from "../expression/evaluate.js";
import { identical } from "../expression/identity.js";
import { lex } from "../expression/lexer.js";
import { divide, integer, negate, type Rational, subtract } from "../expression/rational.js";
import type { Budget } from "../limits.js";
import type { Trace } from "../trace.js";
import { cue } from "./check.js";

export interface Equation {
  readonly step: number;
  readonly left: Node;
  readonly right: Node;
  readonly variables: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly chain: Chain;
  /** `x = 5`: the variable and the node of its value. */
  readonly assigns?: { readonly name: string; readonly value: Node };
  /** True at random points: it constrains nothing. */
  readonly identity: boolean;
}

/** Words of a step that brings in other cases or other equations. */
export const cases = cue(
  /\bcases?\b|\bor\b|either|another|other|negative|similarly|also|respectively|\bif\b|suppose|assum|contradict|extraneous|reject|not valid|invalid|instead|mistake|however/i,
);
/** Equality that is not of numbers. */
export const MODULAR =
  /\\p?mod|\bmod(?:ulo)?\b|\\equiv|congruent|vector|matri|\\sim|\\vec|\\mathbf|\\in\b|\bbase\b/i;
export const modular = cue(MODULAR);

/** Words before an equation that make it a trial, a case or a definition instead of a consequence. */
const TRIAL = new Set(
  "if when let suppose assume assuming set setting try trying take taking choose choosing case for at where denote plugging plug substituting substitute letting either or say guess test testing with whether check since given until unless".split(
    " ",
  ),
);

export function isTrial(chain: Chain): boolean {
  return chain.lead.some((word) => TRIAL.has(word));
}

/** Equations with variables: adjacent readable sides joined by "=". */
export function equationsOf(trace: Trace, budget: Budget): Equation[] {
  return trace.chains.flatMap((chain) => fromChain(chain, budget));
}

/** Equations and inequalities that the problem states, as chains. */
export function questionChains(question: string, budget: Budget): Chain[] {
  return chainsOf(-1, lex(question.slice(0, 20_000)), budget);
}

export function fromChain(chain: Chain, budget: Budget): Equation[] {
  const out: Equation[] = [];
  for (let i = 0; i + 1 < chain.sides.length; i++) {
    const equation =
      chain.relations[i] === "=" ? pair(chain, chain.sides[i], chain.sides[i + 1], budget) : null;
    if (equation !== null) out.push(equation);
  }
  return out;
}

function pair(
  chain: Chain,
  left: Side | undefined,
  right: Side | undefined,
  budget: Budget,
): Equation | null {
  if (!left?.node || !right?.node || numbered(chain, left)) return null;
  const variables = [...new Set([...left.variables, ...right.variables])].filter((n) => n !== "pi").sort();
  if (variables.length === 0) return null;
  const assigns =
    left.node.type === "variable" && right.variables.length === 0
      ? { assigns: { name: left.node.name, value: right.node } }
      : {};
  const identity =
    variables.length > 0 && !("assigns" in assigns) && identical(left.node, right.node, budget) === true;
  return {
    step: chain.step,
    left: left.node,
    right: right.node,
    variables,
    start: left.start,
    end: right.end,
    chain,
    ...assigns,
    identity,
  };
}

/** "the spaces in section 2 = x + 200": the number belongs to a name. */
function numbered({ sides: [first], lead }: Chain, left: Side): boolean {
  const word = lead.at(-1);
  return left === first && left.node?.type === "number" && word !== undefined && !SAYS.has(word);
}

/** Words between which and an equation no name can stand. */
const SAYS = new Set(
  "so then that thus therefore hence have has get gets gives is are means and or equation".split(" "),
);

/** left - right at a point, exactly; null where it has no exact value. */
function residual(equation: Equation, name: string, x: Rational, budget: Budget): Rational | null {
  const variables = new Map<string, Value>([[name, x]]);
  const left = evaluate(equation.left, { budget, variables });
  const right = evaluate(equation.right, { budget, variables });
  return left && right && isExact(left) && isExact(right) ? subtract(left, right) : null;
}

/** The root of an equation that is linear in its only variable; null where it is not. */
export function linearRoot(equation: Equation, budget: Budget): Rational | null {
  const [name] = equation.variables;
  if (equation.variables.length !== 1 || name === undefined) return null;
  const values = [0, 1, 2, 7].map((x) => residual(equation, name, integer(x), budget));
  const [at0, at1, at2, at7] = values;
  if (!at0 || !at1 || !at2 || !at7) return null;
  const slope = subtract(at1, at0);
  const second = slope && subtract(at2, at1);
  if (!slope || !second || slope.n === 0n || slope.n * second.d !== second.n * slope.d) return null;
  const expected7 = { n: at0.n * slope.d + 7n * slope.n * at0.d, d: at0.d * slope.d };
  if (expected7.n * at7.d !== at7.n * expected7.d) return null;
  return divide(negate(at0), slope);
}
