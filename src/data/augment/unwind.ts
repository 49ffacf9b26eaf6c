/** Solving a computation for one of its numbers: the operations on the way from the unknown to the result, undone. */
import type { BinaryOperator, Node } from "../../verifier/expression/ast.js";
import {
  add,
  divide,
  multiply,
  type Rational,
  ratio,
  show,
  subtract,
} from "../../verifier/expression/rational.js";
import { exactValue, unitless, written } from "../arithmetic.js";

/** One operation with the unknown on one side: `unknown / 2`, `24 + unknown`. */
export interface Operation {
  readonly op: BinaryOperator;
  readonly unknown: "left" | "right";
  readonly other: Rational;
  /** The known side as written, where it is more than a number and has to be worked out first: "3 * 4". */
  readonly work?: string;
}

const HUNDRED = ratio(100, 1);

/**
 * The operations from the number written at `start` outward to the whole expression; null where it is not reached by
 * plus, minus, times, divided by and percent alone.
 */
export function pathTo(start: number, expression: Node): Operation[] | null {
  const node = unitless(expression);
  if (node.type === "number") return node.start === start ? [] : null;
  if (node.type === "percent") {
    const inner = pathTo(start, node.of);
    return inner && [...inner, { op: "/", unknown: "left", other: HUNDRED }];
  }
  if (node.type !== "binary" || node.op === "^") return null;
  for (const [unknown, inside, outside] of [
    ["left", node.left, node.right],
    ["right", node.right, node.left],
  ] as const) {
    const inner = pathTo(start, inside);
    if (inner === null) continue;
    const other = exactValue(outside);
    if (other === null) return null;
    const text = unitless(outside).type === "binary" ? written(outside) : null;
    // A fraction written out, 1/3, is a number already.
    const work = text === null || text.replaceAll(" ", "") === show(other) ? {} : { work: text };
    return [...inner, { op: node.op, unknown, other, ...work }];
  }
  return null;
}

/** What the unknown side must be for the operation to give `result`, and how that is computed; null if not unique. */
export function undo(operation: Operation, result: Rational): { value: Rational; expression: string } | null {
  const { op, unknown, other } = operation;
  const left = unknown === "left";
  const as = (value: Rational | null, expression: string) => value && { value, expression };
  const [r, o] = [inLine(result), inLine(other)];
  switch (op) {
    case "+":
      return as(subtract(result, other), `${r} - ${o}`);
    case "-":
      return left ? as(add(result, other), `${r} + ${o}`) : as(subtract(other, result), `${o} - ${r}`);
    case "*":
      return as(divide(result, other), `${r} / ${o}`);
    case "/":
      return left ? as(multiply(result, other), `${r} * ${o}`) : as(divide(other, result), `${o} / ${r}`);
    default:
      return null;
  }
}

/** The operation with a letter for the unknown: "y / 2". */
export function withUnknown({ op, unknown, other }: Operation, letter: string): string {
  return unknown === "left" ? `${letter} ${op} ${inLine(other)}` : `${inLine(other)} ${op} ${letter}`;
}

/** A number as an operand: one that is no decimal stands in brackets, "(1/3)". */
function inLine(value: Rational): string {
  const text = show(value);
  return text.includes("/") ? `(${text})` : text;
}
