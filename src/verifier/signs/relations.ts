/** Operations that do not go with the words or with the quantities beside them. */
import type { Computation } from "../alignment/computations.js";
import type { BinaryOperator } from "../expression/ast.js";
import { equal, integer, type Rational } from "../expression/rational.js";

interface Relation {
  readonly words: RegExp;
  /** Operations by `number` that the words do not allow, and those that excuse them. */
  readonly number: Rational;
  readonly never: BinaryOperator;
  readonly excuse: BinaryOperator;
}

/** Words of a step, and the operation that contradicts them where none of the step agrees with them. */
const RELATIONS: readonly Relation[] = [
  { words: /\b(?:twice|double[ds]?)\b/i, number: integer(2), never: "/", excuse: "*" },
  { words: /\bhalf\b/i, number: integer(2), never: "*", excuse: "/" },
  { words: /\b(?:thrice|triple[ds]?)\b/i, number: integer(3), never: "/", excuse: "*" },
  { words: /\bone[- ]third\b/i, number: integer(3), never: "*", excuse: "/" },
  { words: /\bquarter of\b/i, number: integer(4), never: "*", excuse: "/" },
];

export function contradicts(text: string, here: readonly Computation[]): boolean {
  return (
    here.length > 0 && RELATIONS.some((relation) => relation.words.test(text) && against(relation, here))
  );
}

function against({ number, never, excuse }: Relation, here: readonly Computation[]): boolean {
  const forms = here.flatMap((c) => c.forms);
  const by = (operation: BinaryOperator) =>
    forms.some((f) => f.operation === operation && f.written.some((value) => equal(value, number)));
  return by(never) && !by(excuse);
}

/** `x + y` where x was itself made by adding y, or by taking y away: y is counted twice, or put back. */
export function addsAgain(computation: Computation, own: readonly Computation[]): boolean {
  const [form] = computation.forms;
  if (form?.operation !== "+") return false;
  return form.written.some((x, i) =>
    madeOf(x, computation, own, ["+", "-"]).some((y) =>
      form.written.some((other, k) => k !== i && equal(other, y)),
    ),
  );
}

/** `x - y` where x was made from y by a sum or a product. */
export function takesBack(computation: Computation, own: readonly Computation[]): boolean {
  const [form] = computation.forms;
  const x = form?.written[0];
  if (form?.operation !== "-" || x === undefined) return false;
  const made = madeOf(x, computation, own, ["+", "*"]);
  return form.written.slice(1).some((other) => made.some((y) => equal(y, other)));
}

/** The operands of the computation that gave an operand, if its operation is one of those named. */
function madeOf(
  value: Rational,
  { from }: Computation,
  own: readonly Computation[],
  operations: readonly BinaryOperator[],
): readonly Rational[] {
  for (const index of from) {
    const source = own[index];
    const form = source?.forms[0];
    if (source === undefined || form?.operation === undefined) continue;
    if (!equal(source.stated ?? source.value, value) || !operations.includes(form.operation)) continue;
    return form.written;
  }
  return [];
}
