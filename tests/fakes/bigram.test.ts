import { expect, it } from "vitest";
import { Bigram } from "./bigram.js";

const rows = [
  {
    prompt: [1, 2],
    completions: [
      [3, 0],
      [1, 1, 4],
    ],
  },
  { prompt: [4], completions: [[2]] },
];

it("has the gradient that central differences give", async () => {
  const model = new Bigram(5, 3, 0.5);
  const weights = [[0.7, -1.3], [2]];
  const loss = async () =>
    (await model.logps(rows))
      .flatMap((row, r) => row.map((logp, c) => logp * (weights[r]?.[c] ?? 0)))
      .reduce((a, b) => a + b);
  await model.backward(rows, () => weights);
  const step = 2 ** -8;
  for (const [name, values] of model.parameters) {
    for (let i = 0; i < values.length; i++) {
      const held = values[i] ?? 0;
      values[i] = held + step;
      const above = await loss();
      values[i] = held - step;
      const below = await loss();
      values[i] = held;
      const exact = model.gradients.get(name)?.[i] ?? Number.NaN;
      expect(Math.abs((above - below) / (2 * step) - exact)).toBeLessThan(1e-4);
    }
  }
});

it("is its frozen part alone with the adapter off, and is normalised", async () => {
  const trained = new Bigram(5, 3, 0.5);
  const fresh = new Bigram(5, 3, 0);
  expect(await trained.logps(rows, { adapter: false })).toEqual(await fresh.logps(rows));
  expect(await trained.logps(rows)).not.toEqual(await fresh.logps(rows));
  const all = { prompt: [2], completions: [[0], [1], [2], [3], [4]] };
  const total = (await trained.logps([all])).flat().reduce((sum, logp) => sum + Math.exp(logp), 0);
  expect(total).toBeCloseTo(1, 12);
});
