import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { device, useDevice } from "../engine/device.js";
import { chooseDevice, fastest } from "./device.js";

const speeds = (fp32: number, int8: number) => ({ gflops: { fp32, int8 } });

afterEach(() => {
  useDevice("cpu");
  vi.unstubAllEnvs();
});

async function choose(
  ...choice: Parameters<typeof chooseDevice> extends [infer C, infer P, ...unknown[]] ? [C, P] : never
) {
  const said: string[] = [];
  const chosen = await chooseDevice(...choice, (line) => said.push(line));
  expect(device()).toBe(chosen);
  return { chosen, said: said.join("\n") };
}

it("the fastest in the asked precision comes first; what does not start is left out", () => {
  const devices = { cpu: speeds(150, 900), webgpu: speeds(800, 90), cuda: { reason: "no library" } };
  expect(fastest(devices, "fp32")).toEqual(["webgpu", "cpu"]);
  expect(fastest(devices, "int8")).toEqual(["cpu", "webgpu"]);
});

/** ONNX Runtime's libraries for CUDA are not part of its package; where they were added, cuda may well start. */
const libraries = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
const withCuda = readdirSync(libraries, { recursive: true }).some((name) =>
  String(name).includes("providers_cuda"),
);

it.skipIf(withCuda)(
  "a provider that does not start leaves the work to the processor, and says so",
  async () => {
    const { chosen, said } = await choose("cuda", "fp32");
    expect(chosen).toBe("cpu");
    expect(said).toMatch(/^ {2}cuda does not start here \([^\n]+\): computing on cpu instead$/);
  },
);

it("a word that is no device is refused, with the words that are", async () => {
  vi.stubEnv("NEARMISS_DEVICE", "gpu");
  await expect(choose("auto", "fp32")).rejects.toThrow(
    'NEARMISS_DEVICE is "gpu", which is no device. Set it to one of auto, cpu, webgpu, cuda, or not at all.',
  );
});

describe("without a word", () => {
  let cache: string;
  beforeAll(() => {
    cache = mkdtempSync(join(tmpdir(), "nearmiss-devices-"));
  });
  afterAll(() => rmSync(cache, { recursive: true }));

  it("devices are measured once, remembered, and the choice is explained", async () => {
    vi.stubEnv("NEARMISS_DEVICE", undefined);
    vi.stubEnv("XDG_CACHE_HOME", cache);
    const file = join(cache, "nearmiss", "devices.json");
    expect(existsSync(file)).toBe(false);
    const first = await choose("auto", "fp32");
    expect(first.said).toMatch(
      /^ {2}trying this machine's devices, once\n {2}device: \w+ at \d+ GFLOP\/s in fp32, .+ \(nearmiss doctor measures again\)$/,
    );
    const measured = JSON.parse(readFileSync(file, "utf8"));
    const [machine = ""] = Object.keys(measured);
    expect(machine).toMatch(/^.+, \d+ cores, ONNX Runtime [\d.]+$/);
    expect(measured[machine].cpu.gflops.fp32).toBeGreaterThan(1);

    writeFileSync(file, JSON.stringify({ [machine]: { cpu: speeds(1e6, 1e6), webgpu: speeds(5, 5) } }));
    const second = await choose("auto", "fp32");
    expect(second.chosen).toBe("cpu");
    expect(second.said).not.toContain("trying");
    expect(second.said).toContain("cpu at 1000000 GFLOP/s in fp32, against webgpu at 5 GFLOP/s");
  });
});
