/** Links between expressions: each must be the other rewritten, unless a condition ties their variables. */
import type { Finding } from "../../data/records.js";
import type { Chain, Side } from "../claims.js";
import { type Node, variablesIn } from "../expression/ast.js";
import { identical } from "../expression/identity.js";
import type { Budget } from "../limits.js";
import { type CheckInput, cut, finding } from "./check.js";
import { cases, type Equation, isTrial, MODULAR, modular } from "./equations.js";

/** Links that are judged: each costs an identity test. */
const MAX_PAIRS = 4000;

/** Links inside a chain of expressions: `f(x) = (x+1)^2 = x^2 + 2x + 2`. */
export function rewrites(
  input: CheckInput,
  stated: readonly Chain[],
  equations: readonly Equation[],
): Finding[] {
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
      const names = [...new Set([...left.variables, ...right.variables])];
      // A link that ends in a number is mostly a condition: v . w = 2x + y = 0.
      if (
        names.length === 0 ||
        right.variables.length === 0 ||
        names.some((n) => n.includes("(") || n === "i")
      )
        continue;
      if (left.node.type === "variable" || right.node.type === "variable") continue;
      const after = right.variables;
      if (!left.variables.some((name) => after.includes(name))) continue;
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
export function restated(
  input: CheckInput,
  stated: readonly Chain[],
  equations: readonly Equation[],
): Finding[] {
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
    const names = side.variables;
    if (previous?.label !== label || chain.step - previous.step > 1 || previous.side.node === null) continue;
    if (names.length === 0 || names.join() !== previous.side.variables.join()) continue;
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
