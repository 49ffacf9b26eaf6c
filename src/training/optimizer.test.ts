import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AdamW, clip, globalNorm } from "./optimizer.js";

describe("AdamW", () => {
  it("follows torch.optim.AdamW (2.15, lr 0.01, weight_decay 0.1) over four steps", () => {
    const parameter = Float32Array.of(0.5, -1.25, 2, 0);
    const optimizer = new AdamW(new Map([["p", parameter]]), { weightDecay: 0.1 });
    const steps = [
      [
        [0.1, -0.2, 0.3, 1e-4],
        [0.489500016, -1.238749981, 1.988000035, -0.009999],
      ],
      [
        [-0.5, 0.25, 0, 2],
        [0.494994044, -1.239138603, 1.979311466, -0.017430704],
      ],
      [
        [1.5, 0.01, -0.75, -1],
        [0.489938438, -1.239356279, 1.981342316, -0.019699909],
      ],
      [
        [0.2, 0.2, 0.2, 0.2],
        [0.485013962, -1.242209315, 1.981151938, -0.022063995],
      ],
    ] as const;
    for (const [gradient, expected] of steps) {
      optimizer.step(new Map([["p", Float32Array.from(gradient)]]), 0.01);
      expected.forEach((value, i) => {
        expect(Math.abs((parameter[i] ?? Number.NaN) - value)).toBeLessThan(3e-7);
      });
    }
  });

  it("decays without a gradient, and says which gradient is missing", () => {
    const parameter = Float32Array.of(1);
    const optimizer = new AdamW(new Map([["w", parameter]]), { weightDecay: 0.5 });
    optimizer.step(new Map([["w", Float32Array.of(0)]]), 0.1);
    expect(parameter[0]).toBeCloseTo(0.95, 7);
    expect(() => optimizer.step(new Map(), 0.1)).toThrow("Tensor w: no elements where 1 are expected");
  });
});

describe("clipping", () => {
  it("scales to the greatest norm, all tensors together, and keeps the direction", () => {
    const gradients = new Map([
      ["a", Float32Array.of(3, 4)],
      ["b", Float32Array.of(12)],
    ]);
    expect(globalNorm(gradients)).toBe(13);
    clip(gradients, 13, 1);
    // torch.nn.utils.clip_grad_norm_ on the same numbers
    expect(gradients.get("a")?.[0]).toBeCloseTo(0.230769217, 8);
    expect(gradients.get("a")?.[1]).toBeCloseTo(0.307692289, 8);
    expect(gradients.get("b")?.[0]).toBeCloseTo(0.923076868, 8);
  });

  it("leaves gradients within the norm bit for bit", () => {
    fc.assert(
      fc.property(fc.float32Array({ noNaN: true, min: -10, max: 10, minLength: 1 }), (values) => {
        const gradients = new Map([["a", values.slice()]]);
        const norm = globalNorm(gradients);
        clip(gradients, norm, norm + 1);
        expect(gradients.get("a")).toEqual(values);
      }),
    );
  });
});
