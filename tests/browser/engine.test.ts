/**
 * `nearmiss/engine` and the training loops in a browser: a page trains `tiny` on ONNX Runtime's web build, without a
 * change to the graphs, and meets Node's losses. Needs a Chromium: the path in NEARMISS_CHROMIUM, or Debian's package.
 */
import { describe, expect, it } from "vitest";
import { PRECISIONS, type Precision } from "../../src/model/weights.js";
import { packed } from "../../src/studio/transport.js";
import type { StepRecord } from "../../src/training/store.js";
import { hasChromium, NEEDS_CHROMIUM } from "./chromium.js";
import { given } from "./given.js";
import { bundle, inPage, type PageDevice } from "./serve.js";
import { type TenSteps, tenSteps } from "./ten-steps.js";

const PAGE = { entryPoints: ["tests/browser/page.ts"] };

/** The records that a page's training leaves. */
async function trained(
  { config, precision, weights, pairs }: TenSteps,
  device: PageDevice,
  steps = 10,
): Promise<StepRecord[]> {
  const { list, bytes } = packed(weights);
  const files = {
    "/given.json": JSON.stringify({ config, precision, pairs, tensors: list }),
    "/weights.bin": bytes,
  };
  const { code } = await bundle(PAGE, device);
  return inPage(device, code, files, (page) => page.evaluate(`train(${JSON.stringify(device)}, ${steps})`));
}

/**
 * How far a page's losses may be from Node's. In 8 bits the last digit of an activation decides which byte it is rounded
 * to, so that two runtimes drift apart from the first update on.
 */
const TOLERANCES: Readonly<Record<Precision, number>> = { fp32: 1e-4, int8: 5e-2 };
/** The gradient before the first update, relative. */
const FIRST_GRADIENT: Readonly<Record<Precision, number>> = { fp32: 1e-5, int8: 1e-2 };

const farthest = (page: readonly StepRecord[], node: readonly StepRecord[], metric: string): number =>
  Math.max(...page.map((record, i) => Math.abs(Number(record[metric]) - Number(node[i]?.[metric]))));

describe("the engine and the training loops for browsers", () => {
  it("bring nothing of Node along", async () => {
    const { inputs } = await bundle(PAGE, "cpu");
    expect(Object.keys(inputs)).toEqual(
      expect.arrayContaining(["src/engine/runtime.ts", "src/model/decoder.ts", "src/training/loop.ts"]),
    );
    const imports = Object.values(inputs).flatMap((input) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => path.startsWith("node:") || path.includes("onnxruntime-node"))).toEqual(
      [],
    );
  });

  it.skipIf(!hasChromium).each(PRECISIONS)(
    `train tiny in Chromium as in Node, in %s (${NEEDS_CHROMIUM})`,
    async (precision) => {
      const model = await given(precision);
      const [page, node] = [await trained(model, "cpu"), await tenSteps(model)];
      expect(page).toHaveLength(10);
      expect(page.at(-1)?.loss).toBeLessThan(0.5);
      expect(farthest(page, node, "loss")).toBeLessThan(TOLERANCES[precision]);
      const [first = Number.NaN, expected = Number.NaN] = [page, node].map(([record]) =>
        Number(record?.grad_norm),
      );
      expect(Math.abs(first / expected - 1)).toBeLessThan(FIRST_GRADIENT[precision]);
    },
    300_000,
  );

  it.skipIf(!hasChromium)(
    "train the first layers of tiny on WebGPU in Chromium as on Node's processor (skipped as above)",
    async () => {
      const tiny = await given("fp32");
      const model = { ...tiny, config: { ...tiny.config, layers: 2 } };
      const [page, node] = [await trained(model, "webgpu", 2), await tenSteps(model, 2)];
      expect(page).toHaveLength(2);
      expect(farthest(page, node, "loss")).toBeLessThan(1e-3);
      // Equal to the last bit would be the processor's own numbers.
      expect(farthest(page, node, "grad_norm")).toBeGreaterThan(0);
    },
    300_000,
  );
});
