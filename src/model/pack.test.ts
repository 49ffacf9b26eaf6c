import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Tensor } from "../engine/index.js";
import { CHUNKS, maskName, packRows } from "./pack.js";

const tokens = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 9 });
const rows = fc.array(
  fc.record({ prompt: tokens, completions: fc.array(tokens, { minLength: 1, maxLength: 3 }) }),
  { minLength: 1, maxLength: 3 },
);

describe("packRows", () => {
  it("lets a token see the prompt and its own completion up to itself, and nothing else", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { feeds } = packRows(given);
        const [batch, chunks, size] = (feeds.spread as Tensor).shape as [number, number, number];
        expect([batch, chunks]).toEqual([given.length, CHUNKS]);
        given.forEach(({ prompt, completions }, b) => {
          // A completion's last token is predicted and never read.
          const owners = [prompt, ...completions.map((c) => c.slice(1))].flatMap((part, o) =>
            part.map(() => o),
          );
          owners.forEach((owner, i) => {
            const chunk = Math.floor(i / size);
            const { data, shape } = feeds[maskName(chunk)] as Tensor;
            const width = (chunk + 1) * size;
            expect(shape).toEqual([batch, 1, size, width]);
            const start = (b * size + (i % size)) * width;
            const seen = [...data.slice(start, start + width)].flatMap((m, j) => (m === 0 ? [j] : []));
            const wanted = owners.flatMap((o, j) => (j <= i && (o === 0 || o === owner) ? [j] : []));
            expect(seen).toEqual(wanted);
          });
        });
      }),
    );
  });

  it("brings each token to its place in the rectangle and back", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const { feeds, tokens: flat } = packRows(given);
        const [spread, pack] = [feeds.spread as Tensor, feeds.pack as Tensor];
        expect(pack.data.length).toBe(flat.length);
        pack.data.forEach((place, n) => {
          expect(spread.data[place]).toBe(n);
        });
        expect(spread.data.filter((n) => n >= 0).length).toBe(flat.length);
      }),
    );
  });

  it.each([
    ["an empty prompt", { prompt: [], completions: [[1]] }, "row 0: the prompt is empty"],
    ["an empty completion", { prompt: [1], completions: [[1], []] }, "row 0: completion 1 is empty"],
    [
      "a completion of which all is given",
      { prompt: [1], completions: [[1], [1, 2]], given: [0, 2] },
      "row 0: all 2 tokens of completion 1 are given",
    ],
  ])("refuses %s", (_, row, message) => {
    expect(() => packRows([row])).toThrow(new RangeError(message));
  });
});
