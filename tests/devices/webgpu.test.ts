/**
 * Forward pass, backward pass and DPO steps of the first layers of `tiny` on ONNX Runtime's WebGPU provider, against the processor's numbers.
 * Without a graphics card it runs on SwiftShader, a Vulkan driver in software that comes with Debian's Chromium.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const CHROMIUM = "/usr/lib/chromium";
const DRIVER = join(CHROMIUM, "vk_swiftshader_icd.json");

it.skipIf(!existsSync(DRIVER))(
  `WebGPU gives the processor's numbers (skipped where there is no ${DRIVER}: Debian's package chromium)`,
  async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "tests/devices/against-cpu.ts", "webgpu"],
      { env: { ...process.env, VK_ICD_FILENAMES: DRIVER, LD_LIBRARY_PATH: dirname(DRIVER) } },
    );
    const { logps, gradient, losses, learnt } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    // Sums of some fifty log-probabilities, each a float32.
    expect(logps).toBeLessThan(1e-3);
    expect(gradient).toBeLessThan(1e-4);
    expect(losses).toBeLessThan(1e-4);
    // The very same numbers would be the processor's own; and the steps have moved the loss.
    expect(gradient).toBeGreaterThan(0);
    expect(Math.abs(learnt)).toBeGreaterThan(1e-3);
  },
  300_000,
);
