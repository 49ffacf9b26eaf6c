/** What a schema allows at each place of a value: keys, words, defaults. */
import { z } from "zod";

/** The part of JSON Schema that says which keys and words are right at a place. */
const Shape = z.looseObject({
  get properties() {
    return z.record(z.string(), Shape).optional();
  },
  get items() {
    return Shape.optional();
  },
  get anyOf() {
    return z.array(Shape).optional();
  },
  get oneOf() {
    return z.array(Shape).optional();
  },
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
});
export type Shape = z.infer<typeof Shape>;

/** A zod schema as JSON Schema, of what may be given (defaults not filled in). */
export function shapeOf(schema: z.ZodType): Shape {
  return Shape.parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
}

/** All schemas that may stand at a place: one, or the branches of a union. */
function schemasAt(shape: Shape, path: readonly PropertyKey[]): Shape[] {
  let here = branches(shape);
  for (const key of path) {
    here = here.flatMap((schema) => {
      const next = typeof key === "number" ? schema.items : schema.properties?.[String(key)];
      return next === undefined ? [] : branches(next);
    });
  }
  return here;
}

function branches(schema: Shape): Shape[] {
  const options = schema.anyOf ?? schema.oneOf;
  return options === undefined ? [schema] : options.flatMap(branches);
}

/** The keys that a block may have. */
export function keysAt(shape: Shape, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(shape, path).flatMap((schema) => Object.keys(schema.properties ?? {}));
  return [...new Set(keys)];
}

/** The words that a value may be, where it is one of several. */
export function wordsAt(shape: Shape, path: readonly PropertyKey[]): string[] {
  const values = schemasAt(shape, path).flatMap((schema) => [...(schema.enum ?? []), schema.const]);
  return [...new Set(values.filter((value) => typeof value === "string"))];
}

/** What stands at a place when nothing is given there; undefined where something must be. */
export function defaultAt(shape: Shape, path: readonly PropertyKey[]): unknown {
  return schemasAt(shape, path).find((schema) => schema.default !== undefined)?.default;
}
