/** Equations in one unknown that follow each other must have the same solutions. */
import type { Finding } from "../../data/records.js";
import { type AgreeOptions, agree } from "../agree.js";
import { isLiteral, type Node } from "../expression/ast.js";
import { evaluate, isExact } from "../expression/evaluate.js";
import { toNumber } from "../expression/rational.js";
import { substitute } from "../expression/substitute.js";
import { type CheckInput, cut, finding, spoken } from "./check.js";
import { cases, type Equation, isTrial, linearRoot, modular } from "./equations.js";

/** Pairs of equations that are compared. */
const MAX_PAIRS = 4000;

/** Equations in one unknown that follow each other: 2x + 3 = 7, so x = 5. */
export function consecutive(input: CheckInput, equations: readonly Equation[]): Finding[] {
  const out: Finding[] = [];
  for (let k = 1; k < equations.length && k < MAX_PAIRS; k++) {
    const now = equations[k];
    const before = equations[k - 1];
    if (
      !now ||
      !before ||
      now.step - before.step > 1 ||
      now.variables.length !== 1 ||
      before.variables.length !== 1
    )
      continue;
    const [name] = now.variables;
    if (
      name === undefined ||
      name !== before.variables[0] ||
      name.includes("(") ||
      before.identity ||
      now.identity
    )
      continue;
    if (isTrial(now.chain) || before.assigns !== undefined || now.chain === before.chain) continue;
    if (
      cases(input.trace.steps[now.step]) ||
      modular(input.trace.steps[now.step]) ||
      modular(input.trace.steps[before.step])
    )
      continue;
    const problem = now.assigns !== undefined ? fails(input, before, now) : rootsDiffer(input, before, now);
    if (problem === null) continue;
    const place = { step: now.step, start: now.start, end: now.end };
    out.push(
      finding(
        "algebra",
        0.9,
        place,
        `${cut(input, now)} does not follow from ${cut(input, before)}${problem}`,
      ),
    );
  }
  return out;
}

function fails(input: CheckInput, before: Equation, now: Equation): string | null {
  const { assigns } = now;
  if (assigns === undefined || before.variables.length !== 1) return null;
  const values = new Map<string, Node>([[assigns.name, assigns.value]]);
  const options: AgreeOptions = { budget: input.budget, approximate: false, rounded: new Set<string>() };
  const verdict = agree(substitute(before.left, values), substitute(before.right, values), options);
  if (verdict !== "false") return null;
  const root = linearRoot(before, input.budget);
  const value = evaluate(assigns.value, { budget: input.budget });
  if (
    root !== null &&
    value !== null &&
    isExact(value) &&
    near(toNumber(root), toNumber(value), assigns.value)
  )
    return null;
  return root === null ? `: it does not satisfy it` : `; it gives ${assigns.name} = ${spoken(root)}`;
}

/** Equal up to rounding: decimals and whole numbers may be rounded roots. */
function near(a: number, b: number, written: Node): boolean {
  const whole = isLiteral(written) && Number.isInteger(b);
  return Math.abs(a - b) <= (whole ? 1e-9 : 0.006 * Math.max(1, Math.abs(a)));
}

function rootsDiffer(input: CheckInput, before: Equation, now: Equation): string | null {
  const a = linearRoot(before, input.budget);
  const b = linearRoot(now, input.budget);
  if (a === null || b === null) return null;
  const x = toNumber(a);
  const y = toNumber(b);
  if (Math.abs(x - y) <= 0.006 * Math.max(1, Math.abs(x))) return null;
  return `: their solutions are ${spoken(a)} and ${spoken(b)}`;
}
