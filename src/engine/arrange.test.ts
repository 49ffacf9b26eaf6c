import fc from "fast-check";
import { expect, it } from "vitest";
import { arrange } from "./arrange.js";

const matrix = fc
  .tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 }), fc.nat())
  .map(([rows, columns, seed]) => ({
    shape: [rows, columns] as const,
    bytes: Int8Array.from({ length: rows * columns }, (_, i) => ((i + seed) * 2_654_435_761) >> 13),
  }));

it("turns rows into columns and adds 128, as asked", () => {
  fc.assert(
    fc.property(matrix, fc.boolean(), fc.boolean(), ({ shape, bytes }, unsigned, turned) => {
      const [rows, columns] = shape;
      const arranged = arrange(bytes, shape, { unsigned, turned });
      const values = unsigned ? [...arranged].map((b) => b - 128) : [...new Int8Array(arranged.buffer)];
      const expected = Array.from(bytes, (_, i) =>
        turned ? bytes[(i % rows) * columns + Math.floor(i / rows)] : bytes[i],
      );
      expect(values).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
