/**
 * Does each rewritten equation or expression follow from the one before? Expressions are compared at random rational
 * points, claimed solutions are put back. A condition is not an identity: a link is judged only where no equation or
 * inequality of the problem or of the solution so far could explain it.
 */
import type { Finding } from "../../data/records.js";
import { type AgreeOptions, agree } from "../agree.js";
import type { Chain, Side } from "../claims.js";
import { isLiteral, type Node, variablesIn } from "../expression/ast.js";
import { evaluate, isExact, type Value } from "../expression/evaluate.js";
import { identical } from "../expression/identity.js";
import { show, toNumber } from "../expression/rational.js";
import { substitute } from "../expression/substitute.js";
import type { Budget } from "../limits.js";
import { type Check, type CheckInput, cue, finding } from "./check.js";
import { type Equation, equationsOf, fromChain, isTrial, linearRoot, questionChains } from "./equations.js";

/** Words of a step that brings in other cases or other equations. */
const cases = cue(
  /\bcases?\b|\bor\b|either|another|other|negative|similarly|also|respectively|\bif\b|suppose|assum|contradict|extraneous|reject|not valid|invalid|instead|mistake|however/i,
);
/** Equality that is not of numbers. */
const MODULAR =
  /\\p?mod|\bmod(?:ulo)?\b|\\equiv|congruent|vector|matri|\\sim|\\vec|\\mathbf|\\in\b|\bbase\b/i;
const modular = cue(MODULAR);
const approximates = cue(/approx|round|about/i);
const MAX_PAIRS = 4000;

export const algebra: Check = (input) => {
  const { trace, budget } = input;
  const stated = questionChains(input.question, budget);
  const equations = equationsOf(trace, budget);
  const out = [
    ...rewrites(input, stated, equations),
    ...restated(input, stated, equations),
    ...consecutive(input, equations),
  ];
  const flagged = new Set(out.map((f) => f.step));
  out.push(...putBack(input, stated, equations).filter((f) => !flagged.has(f.step)));
  return out;
};

/** Links inside a chain of expressions: `f(x) = (x+1)^2 = x^2 + 2x + 2`. */
function rewrites(input: CheckInput, stated: readonly Chain[], equations: readonly Equation[]): Finding[] {
  const out: Finding[] = [];
  const { chains } = input.trace;
  let work = 0;
  if (MODULAR.test(input.question)) return out;
  for (const chain of chains) {
    if (isTrial(chain) || modular(input.trace.steps[chain.step])) continue;
    for (let i = 1; i + 1 < chain.sides.length; i++) {
      const left = chain.sides[i];
      const right = chain.sides[i + 1];
      if (chain.relations[i] !== "=" || chain.relations[i - 1] !== "=" || !left?.node || !right?.node)
        continue;
      const names = [...new Set([...variablesIn(left.node), ...variablesIn(right.node)])];
      // A link that ends in a number is mostly a condition: v . w = 2x + y = 0.
      if (
        names.length === 0 ||
        variablesIn(right.node).length === 0 ||
        names.some((n) => n.includes("(") || n === "i")
      )
        continue;
      if (left.node.type === "variable" || right.node.type === "variable") continue;
      const after = variablesIn(right.node);
      if (!variablesIn(left.node).some((name) => after.includes(name))) continue;
      if (++work > MAX_PAIRS) return out;
      if (!differs(left.node, right.node, left.tight, right.tight, input.budget)) continue;
      if (constrained(names, chain, stated, chains, equations)) continue;
      const place = { step: chain.step, start: left.start, end: right.end };
      const message = `${cut(input, left)} is not ${cut(input, right)}: they differ at most values of ${names.join(", ")}`;
      out.push(finding("algebra", 0.85, place, message, { found: cut(input, right) }));
      break;
    }
  }
  return out;
}

/** The same name in words with one expression after another: "Total = x + (x + 60)", then "Total = 3x + 60". */
function restated(input: CheckInput, stated: readonly Chain[], equations: readonly Equation[]): Finding[] {
  const out: Finding[] = [];
  let before: { label: string; side: Side; step: number } | null = null;
  for (const chain of input.trace.chains) {
    const [name, side] = chain.sides;
    const label = name?.label ?? null;
    if (label === null || side?.node == null || chain.relations[0] !== "=" || isTrial(chain)) {
      if (label !== null) before = null;
      continue;
    }
    const previous: typeof before = before;
    before = { label, side, step: chain.step };
    const names = variablesIn(side.node);
    if (previous?.label !== label || chain.step - previous.step > 1 || previous.side.node === null) continue;
    if (names.length === 0 || names.join() !== variablesIn(previous.side.node).join()) continue;
    if (!differs(previous.side.node, side.node, previous.side.tight, side.tight, input.budget)) continue;
    if (
      cases(input.trace.steps[chain.step]) ||
      constrained(names, chain, stated, input.trace.chains, equations)
    )
      continue;
    const message = `${label} was ${cut(input, previous.side)}, which is not ${cut(input, side)}`;
    out.push(finding("algebra", 0.85, { ...side, step: chain.step }, message, { found: cut(input, side) }));
    break;
  }
  return out;
}

function differs(a: Node, b: Node, tightA: Node | null, tightB: Node | null, budget: Budget): boolean {
  for (const reading of [{}, { percentAsNumber: true }, { mixedAsProduct: true }, { signFirst: true }]) {
    if (identical(a, b, budget, new Map(), reading) !== false) return false;
  }
  if (tightA === null || tightB === null) return true;
  return (
    identical(tightA, tightB, budget) === false &&
    identical(a, tightB, budget) === false &&
    identical(tightA, b, budget) === false
  );
}

/** Whether some equation or inequality so far ties the variables of a link together. */
function constrained(
  names: readonly string[],
  chain: Chain,
  stated: readonly Chain[],
  chains: readonly Chain[],
  equations: readonly Equation[],
): boolean {
  const ties = (left: Node | null, right: Node | null): boolean => {
    if (left === null || right === null) return false;
    if (left.type === "variable" && !names.includes(left.name)) return false;
    return [...variablesIn(left), ...variablesIn(right)].some((name) => names.includes(name));
  };
  for (const other of [...stated, ...chains]) {
    if (other === chain) break;
    const sides = other.sides;
    for (let i = 0; i + 1 < sides.length; i++) {
      if (other.relations[i] === "mod") return true;
      const a = sides[i]?.node ?? null;
      const b = sides[i + 1]?.node ?? null;
      if (a === null || b === null) continue;
      const identity = equations.some(
        (e) => e.chain === other && e.identity && e.left === a && e.right === b,
      );
      if (!identity && ties(a, b)) return true;
    }
  }
  return false;
}

/** Equations in one unknown that follow each other: 2x + 3 = 7, so x = 5. */
function consecutive(input: CheckInput, equations: readonly Equation[]): Finding[] {
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
        `${text(input, now)} does not follow from ${text(input, before)}${problem}`,
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
  return root === null ? `: it does not satisfy it` : `; it gives ${assigns.name} = ${show(root)}`;
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
  return `: their solutions are ${show(a)} and ${show(b)}`;
}

/** Values found for all unknowns of an earlier equation, put back into it. */
function putBack(input: CheckInput, stated: readonly Chain[], equations: readonly Equation[]): Finding[] {
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
  const out: Finding[] = [];
  for (const equation of [...inQuestion, ...equations]) {
    if (
      equation.assigns !== undefined ||
      equation.identity ||
      isTrial(equation.chain) ||
      equation.chain.sides.length > 2 ||
      hasCases(input, equation, equations)
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
    const where = equation.step < 0 ? "an equation of the problem" : text(input, equation);
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
function hasCases(input: CheckInput, equation: Equation, equations: readonly Equation[]): boolean {
  const key = (e: Equation) =>
    input.text
      .slice(e.start, e.end)
      .split("=")
      .map((side) => side.replace(/\s/g, ""));
  const [left, right] = key(equation);
  return equations.some((other) => {
    const [l, r] = key(other);
    return l === left && r !== right && other.step >= 0 && equation.step >= 0;
  });
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

function text(input: CheckInput, span: { start: number; end: number }): string {
  return cut(input, span);
}

function cut(input: CheckInput, { start, end }: { start: number; end: number }): string {
  const line = input.text.slice(start, end).replace(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
