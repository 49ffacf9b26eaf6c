import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeStages, numbers, recipeOf } from "../../tests/fakes/stages.js";
import { readState } from "../data/state.js";
import { Interrupted, runPipeline } from "./pipeline.js";
import { silent } from "./stage.js";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "nearmiss-run-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

type Extra = { after?: (i: number) => void | Promise<void>; signal?: AbortSignal; force?: boolean };

async function go(n: number, { after, signal, force = false }: Extra = {}): Promise<string> {
  const recipe = recipeOf(n);
  const outcomes = await runPipeline({
    recipe,
    stages: fakeStages(recipe, after),
    out,
    progress: silent,
    signal: signal ?? new AbortController().signal,
    force,
  });
  return outcomes.map(({ name, outcome }) => `${name} ${outcome}`).join(", ");
}

const sum = () => readFileSync(join(out, "sum.txt"), "utf8");

describe("a stage", () => {
  test("is skipped while its inputs, options and outputs are as they were", async () => {
    expect(await go(4)).toBe("first ran, slow ran, last ran");
    expect(existsSync(join(out, "scratch"))).toBe(false);
    expect(await go(4)).toBe("first skipped, slow skipped, last skipped");
    rmSync(join(out, "sum.txt"));
    expect(await go(4)).toBe("first skipped, slow skipped, last ran");
  });

  test("runs again when an input file has changed, and those after it only if its output did", async () => {
    await go(4);
    writeFileSync(join(out, "first.txt"), "two\n");
    expect(await go(4)).toBe("first skipped, slow ran, last skipped");
    writeFileSync(join(out, "slow.jsonl"), "5\n6\n");
    expect(await go(4)).toBe("first skipped, slow skipped, last ran");
    expect(sum()).toBe("11");
  });

  test("keeps the files of a failed attempt, and goes on from them", async () => {
    const failing = go(6, {
      after: (i) => {
        if (i === 2) throw new Error("broken");
      },
    });
    await expect(failing).rejects.toThrow("broken");
    expect((await readState(out)).stages.get("slow")).toMatchObject({ status: "running", error: "broken" });
    expect(await go(6)).toBe("first skipped, slow resumed, last ran");
    expect((await readState(out)).stages.get("slow")?.figures).toEqual({ written: 3 });
    expect(sum()).toBe("15");
  });
});

describe("a run that is stopped", () => {
  test("by a signal says where, and is resumed", async () => {
    const controller = new AbortController();
    const after = (i: number) => {
      if (i === 1) controller.abort();
    };
    await expect(go(5, { after, signal: controller.signal })).rejects.toEqual(new Interrupted("slow"));
    expect(numbers(join(out, "slow.jsonl"))).toEqual([0, 1]);
    expect(await go(5)).toBe("first skipped, slow resumed, last ran");
    expect(sum()).toBe("10");
  });

  test("by SIGKILL in the middle is resumed, its lock taken over, nothing done twice", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "tests/fakes/killed-run.ts", out]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(join(out, "lock.json"))).toBe(true);
    expect(await go(8)).toBe("first skipped, slow resumed, last ran");
    expect(numbers(join(out, "slow.jsonl"))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("a run folder", () => {
  test("of another recipe is refused with what differs; --force runs again what that changes", async () => {
    await go(4);
    await expect(go(5)).rejects.toThrow(/another recipe:\n {2}sample\.n: 4 there, 5 here\n.*--out.*--force/);
    expect(await go(5, { force: true })).toBe("first skipped, slow ran, last ran");
    expect(await go(5)).toBe("first skipped, slow skipped, last skipped");
  });

  test("of an earlier version is gone on with: what its recipe lacks has the default", async () => {
    await go(4);
    const path = join(out, "recipe.yaml");
    const text = readFileSync(path, "utf8");
    expect(text).toContain("memory: auto\n");
    writeFileSync(path, text.replace("memory: auto\n", ""));
    expect(await go(4)).toBe("first skipped, slow skipped, last skipped");
  });

  test("in use is refused, by a process here or on another machine", async () => {
    const lock = (pid: number, host: string) =>
      writeFileSync(join(out, "lock.json"), JSON.stringify({ pid, host, since: "now" }));
    lock(process.ppid, hostname());
    await expect(go(4)).rejects.toThrow(`in use by process ${process.ppid}`);
    lock(1, "elsewhere.invalid");
    await expect(go(4)).rejects.toThrow("on elsewhere.invalid");
    writeFileSync(join(out, "lock.json"), "{");
    expect(await go(4)).toBe("first ran, slow ran, last ran");
    expect(existsSync(join(out, "lock.json"))).toBe(false);
  });

  test("with a state that is not ours is refused", async () => {
    writeFileSync(join(out, "state.json"), "{}");
    await expect(go(4)).rejects.toThrow(/state\.json/);
  });
});
