/** Values found for the unknowns must satisfy the equations they were found from. */
import type { Finding } from "../../data/records.js";
import { type AgreeOptions, agree } from "../agree.js";
import type { Chain } from "../claims.js";
import type { Node } from "../expression/ast.js";
import { evaluate, type Value } from "../expression/evaluate.js";
import { identical } from "../expression/identity.js";
import { substitute } from "../expression/substitute.js";
import type { Budget } from "../limits.js";
import { type CheckInput, cue, cut, finding } from "./check.js";
import { cases, type Equation, fromChain, isTrial, modular } from "./equations.js";

const approximates = cue(/approx|round|about/i);

/** Values found for all unknowns of an earlier equation, put back into it. */
export function putBack(
  input: CheckInput,
  stated: readonly Chain[],
  equations: readonly Equation[],
): Finding[] {
  const values = new Map<string, { node: Node; equation: Equation } | null>();
  for (const equation of equations) {
    const { assigns } = equation;
    if (assigns === undefined || assigns.name.includes("(")) continue;
    const known = values.get(assigns.name);
    if (known === undefined && !isTrial(equation.chain))
      values.set(assigns.name, { node: assigns.value, equation });
    else if (known === undefined || (known !== null && !sameNumber(known.node, assigns.value, input.budget)))
      values.set(assigns.name, null);
  }
  const inQuestion = stated.flatMap((chain) => fromChain(chain, input.budget));
  const listed = withCases(input, equations);
  const out: Finding[] = [];
  for (const equation of [...inQuestion, ...equations]) {
    if (
      equation.assigns !== undefined ||
      equation.identity ||
      isTrial(equation.chain) ||
      equation.chain.sides.length > 2 ||
      listed.has(equation)
    )
      continue;
    const found = equation.variables.map((name) => values.get(name));
    const nodes = new Map<string, Node>();
    let last: Equation | null = null;
    for (const [k, entry] of found.entries()) {
      if (!entry || entry.equation.start < equation.start) continue;
      nodes.set(equation.variables[k] ?? "", entry.node);
      if (last === null || entry.equation.start > last.start) last = entry.equation;
    }
    if (last === null || nodes.size !== equation.variables.length || last.step <= equation.step) continue;
    if (
      cases(input.trace.steps[last.step]) ||
      modular(input.trace.steps[equation.step]) ||
      modular(input.trace.steps[last.step])
    )
      continue;
    const options: AgreeOptions = {
      budget: input.budget,
      approximate: approximates(input.trace.steps[last.step]) && "about",
      rounded: new Set<string>(),
    };
    if (agree(substitute(equation.left, nodes), substitute(equation.right, nodes), options) !== "false")
      continue;
    const shown = [...nodes.entries()].map(([name]) => name).join(", ");
    const where = equation.step < 0 ? "an equation of the problem" : cut(input, equation);
    const place = { step: last.step, start: last.start, end: last.end };
    out.push(
      finding(
        "algebra",
        nodes.size > 1 ? 0.8 : 0.7,
        place,
        `the values found for ${shown} do not satisfy ${where}`,
      ),
    );
    if (out.length > 8) break;
  }
  return out;
}

/** `w + 3 = 35` and `w + 3 = 7`: the same left side with other values is a list of cases. */
function withCases(input: CheckInput, equations: readonly Equation[]): ReadonlySet<Equation> {
  // By left side: the first right side, and whether another follows; one pass, for there may be thousands.
  const sides = equations
    .filter(({ step }) => step >= 0)
    .map((equation) => {
      const [left = "", right = ""] = input.text.slice(equation.start, equation.end).split("=");
      return { equation, left: left.replace(/\s/g, ""), right: right.replace(/\s/g, "") };
    });
  const first = new Map<string, string>();
  const several = new Set<string>();
  for (const { left, right } of sides) {
    const known = first.get(left);
    if (known === undefined) first.set(left, right);
    else if (known !== right) several.add(left);
  }
  return new Set(sides.filter(({ left }) => several.has(left)).map(({ equation }) => equation));
}

function sameNumber(a: Node, b: Node, budget: Budget): boolean {
  const x: Value | null = evaluate(a, { budget });
  const y: Value | null = evaluate(b, { budget });
  if (x === null || y === null) return false;
  return (
    identical(a, b, budget) === true ||
    agree(a, b, { budget, approximate: false, rounded: new Set() }) !== "false"
  );
}
