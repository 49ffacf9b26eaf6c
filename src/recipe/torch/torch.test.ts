/** Trainings in other processes, with programs of a few lines in PyTorch's place: the real one is in tests/python.test.ts. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageVersion } from "../../version.js";
import { parseRecipe } from "../load.js";
import { type Launch, type ProgressEvent, runTraining } from "./process.js";
import { checkPython, environmentOf } from "./python.js";
import { splitWords } from "./words.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "torch-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** An executable shell script. */
function program(name: string, ...lines: string[]): string {
  const path = join(root, name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
  return path;
}

describe("the words of a command", () => {
  it.each([
    ["accelerate launch --num_processes 8", ["accelerate", "launch", "--num_processes", "8"]],
    [`  a  'b c'\t"d \\"e\\""  f\\ g `, ["a", "b c", 'd "e"', "f g"]],
    [`x"y z"'w' ""`, ["xy zw", ""]],
    ["$HOME; rm -rf * | `ls`", ["$HOME;", "rm", "-rf", "*", "|", "`ls`"]],
    ["", []],
  ])("%s", (command, words) => {
    expect(splitWords(command)).toEqual(words);
  });

  it("are those that were quoted, whatever they hold", () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(splitWords(words.map(quoted).join(" "))).toEqual(words);
      }),
    );
  });

  it.each(["a 'b", 'a "b', "a \\"])("cannot be had of %s, which is not closed", (command) => {
    expect(() => splitWords(command)).toThrow("ends within quotation marks or after a backslash");
  });
});

describe("a training in another process", () => {
  const launch = (words: readonly string[], more: Partial<Launch> = {}): Launch => ({
    words,
    env: process.env,
    log: join(root, "torch.log"),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onNotice: () => undefined,
    ...more,
  });

  it("tells its progress and figures; what else it prints is kept", async () => {
    const seen: (ProgressEvent | string)[] = [];
    const told = program(
      "told",
      `echo '{"nearmiss": "notice", "message": "left out 2"}'`,
      `echo '{"nearmiss": "progress", "phase": "train", "step": 1, "steps": 2, "loss": 0.5, "tokensPerSecond": 9}'`,
      "echo chatter",
      `echo '{"nearmiss": "done", "figures": {"steps": 2}}'`,
    );
    const figures = await runTraining(
      launch([told], { onProgress: (event) => seen.push(event), onNotice: (message) => seen.push(message) }),
    );
    expect(figures).toEqual({ steps: 2 });
    expect(seen).toMatchObject(["left out 2", { phase: "train", step: 1, loss: 0.5 }]);
    const log = readFileSync(join(root, "torch.log"), "utf8");
    expect(log).toContain("chatter");
  });

  it("fails with the message that it tells, once", async () => {
    const error = `echo '{"nearmiss": "error", "message": "pairs.jsonl:3: weight is 0"}'`;
    const failing = launch([program("failing", error, error, "echo Traceback >&2", "exit 1")]);
    await expect(runTraining(failing)).rejects.toThrow(/^pairs\.jsonl:3: weight is 0$/);
  });

  it.each([
    ["torch.OutOfMemoryError: CUDA out of memory.", /failed \(3\).*out of memory.*memory: recompute/s],
    ["python3: No module named nearmiss_torch", /pip install 'nearmiss-torch\[train\]'/],
    ["something else", /failed \(3\).* something else\nIts whole output is in .*torch\.log/s],
  ])("fails with its last lines and a cure: %s", async (line, message) => {
    const failing = launch([program("failing", `echo "${line}" >&2`, "exit 3")]);
    await expect(runTraining(failing)).rejects.toThrow(message);
  });

  it("that ends well without a word is a failure", async () => {
    await expect(runTraining(launch([program("silent")]))).rejects.toThrow("failed (0)");
  });

  it("that cannot be started says so", async () => {
    await expect(runTraining(launch(["/nowhere/accelerate"]))).rejects.toThrow(
      "Cannot start /nowhere/accelerate: there is no such command. Check train.launch",
    );
  });

  it("is stopped with all its processes, and its launch with it", async () => {
    const controller = new AbortController();
    const gone = join(root, "gone");
    const worker = program(
      "worker",
      `trap 'touch ${gone}; exit 0' TERM`,
      "echo ready",
      "while :; do sleep 0.05; done",
    );
    const parent = program(
      "launcher",
      `${worker} &`,
      `echo '{"nearmiss": "notice", "message": "begun"}'`,
      "wait",
    );
    // By then the worker has said that it listens.
    const onNotice = () => setTimeout(() => controller.abort(new Error("stopped")), 300);
    const running = runTraining(launch([parent], { signal: controller.signal, onNotice }));
    await expect(running).rejects.toThrow("stopped");
    await expect.poll(() => existsSync(gone)).toBe(true);
  });
});

describe("the Python that trains", () => {
  const train = (python: string) => ({ engine: "torch", python }) as const;
  const answer = (version: string, faults: string[] = []) =>
    `echo '${JSON.stringify({ version, packages: {}, faults })}'`;

  it("is fine with the packages it needs", async () => {
    await checkPython(train(program("python", answer(packageVersion()))));
  });

  it.each([
    [
      "lacks a package",
      [answer(packageVersion(), ["peft is not installed."]), "exit 1"],
      "peft is not installed. Install",
    ],
    ["is of another version", [answer("9.4.1")], "nearmiss-torch is 9.4.1, and nearmiss"],
    [
      "lacks the package itself",
      ["echo 'python: No module named nearmiss_torch' >&2", "exit 1"],
      "has no nearmiss-torch",
    ],
    ["is broken", ["echo 'Segmentation fault' >&2", "exit 139"], "check failed: Segmentation fault"],
  ])("that %s is told with the cure", async (_, lines, message) => {
    const failure = String(await checkPython(train(program("python", ...lines))).catch(String));
    expect(failure.replaceAll("\n", " ")).toContain(message);
  });

  it("that is not there is told by its place in the recipe", async () => {
    await expect(checkPython(train("/nowhere/python"))).rejects.toThrow("train.python: there is no command");
  });

  it("has its own programs first, and not our memory settings", () => {
    process.env.MALLOC_ARENA_MAX = "1";
    const env = environmentOf(train("/venv/bin/python"));
    delete process.env.MALLOC_ARENA_MAX;
    expect(env.PATH).toMatch(/^\/venv\/bin:/);
    expect(env.MALLOC_ARENA_MAX).toBeUndefined();
  });
});

describe("a recipe's `train`", () => {
  const recipe = (lines: string) =>
    parseRecipe(
      `model: tiny\nproblems:\n  train: {reader: synthetic, split: train, count: 2, seed: 1}\n  test: {reader: synthetic, split: test, count: 2, seed: 1}\n${lines}`,
      "/r.yaml",
    );

  it("is this package's own engine unless it says otherwise", () => {
    expect(recipe("").train).toEqual({ engine: "onnx" });
    expect(recipe("train: {engine: torch, launch: torchrun}").train.launch).toBe("torchrun");
  });

  it.each([
    ["train: {engine: pytorch}", /line 5: train\.engine: expected one of onnx, torch/],
    ["train: {launch: torchrun}", /train\.engine: is onnx, which starts no other program/],
    [
      "train: {engine: torch}\nprecision: int8",
      /precision: is int8, which `train: {engine: torch}` does not know/,
    ],
  ])("that cannot be followed is refused: %s", (lines, message) => {
    expect(() => recipe(lines)).toThrow(message);
  });
});
