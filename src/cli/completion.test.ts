import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { runProgram } from "./program.js";

async function script(shell: string): Promise<string> {
  let out = "";
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await runProgram(["completion", shell]);
  } finally {
    spy.mockRestore();
  }
  return out;
}

const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

describe("completion", () => {
  test.skipIf(!has("bash"))("bash completes verbs, flags of a verb, and files", async () => {
    const source = await script("bash");
    const complete = (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _nearmiss; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = spawnSync("bash", ["-c", `${source}\n${ask}`], { encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout.split("\n").filter((line) => line !== "");
    };
    expect(complete("nearmiss", "ve")).toEqual(["verify"]);
    expect(complete("nearmiss", "")).toEqual(expect.arrayContaining(["run", "mine", "export", "completion"]));
    expect(complete("nearmiss", "mine", "--cand")).toEqual(["--candidates"]);
    expect(complete("nearmiss", "verify", "--s")).toEqual(["--shard"]);
    expect(complete("nearmiss", "run", "recipes/quick")).toEqual(["recipes/quickstart.yaml"]);
  });

  test.each(["zsh", "fish"])(
    "%s takes the script without complaint (skipped where the shell is not there)",
    async (shell) => {
      const source = await script(shell);
      expect(source).toContain("verify");
      expect(source).toMatch(/(--|-l )candidates/);
      if (!has(shell)) return;
      // From a file: fish reads no script from a pipe.
      const folder = mkdtempSync(join(tmpdir(), "nearmiss-completion-"));
      writeFileSync(join(folder, "script"), source);
      const { stderr, status } = spawnSync(shell, ["-n", join(folder, "script")], { encoding: "utf8" });
      rmSync(folder, { recursive: true });
      expect([status, stderr]).toEqual([0, ""]);
    },
  );
});
