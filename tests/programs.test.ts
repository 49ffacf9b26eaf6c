/** Programs of plain arithmetic print here what they print in Python. Needs python3, of any version from 3.8 on. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { z } from "zod";
import { type Random, random } from "../src/random.js";
import { Budget } from "../src/verifier/limits.js";
import { runProgram } from "../src/verifier/programs/run.js";

const COUNT = 600;
/** Runs every program of a JSON list: what each prints, or null where it fails. */
const HARNESS = `
import contextlib, io, json, sys
def run(code):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(code, {})
    except Exception:
        return None
    return out.getvalue()
print(json.dumps([run(code) for code in json.load(sys.stdin)]))`;

const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Floats hold these exactly; the others do not, so nothing that cuts decimals off is done to them. */
const EXACT = ["0.5", "2.25", "12.125", ".75", "1e2", "3.0"];
const INEXACT = ["0.1", "1.2", "19.99", "0.85"];
const NAMES = ["a", "b", "c", "d"];

function value(r: Random, exact: boolean, depth: number): string {
  const inner = () => value(r, exact, depth - 1);
  const kind = r.int(0, depth > 0 ? 11 : 3);
  if (kind < 2) return String(r.int(0, 20));
  if (kind === 2) return r.pick(exact ? EXACT : [...EXACT, ...INEXACT]);
  if (kind === 3) return r.pick(NAMES);
  if (kind < 8) return `${inner()} ${r.pick(["+", "-", "*", "/", ...(exact ? ["//", "%"] : [])])} ${inner()}`;
  if (kind === 8) return `(${inner()}) ** ${r.int(0, 3)}`;
  if (kind === 9) return `-(${inner()})`;
  if (kind === 10) return `${r.pick(["max", "min"])}(${inner()}, ${inner()})`;
  return exact ? `${r.pick(["int", "round", "abs", "float"])}(${inner()})` : `sum([${inner()}, ${inner()}])`;
}

function statement(r: Random, exact: boolean): string {
  const name = r.pick(NAMES);
  const kind = r.int(0, 9);
  if (kind < 5) return `${name} = ${value(r, exact, 3)}  # ${name}`;
  if (kind === 5) return `${name}, ${r.pick(NAMES)} = ${value(r, exact, 1)}, ${value(r, exact, 1)}`;
  if (kind === 6) return `${name} ${r.pick(["+=", "-=", "*=", "/="])} ${value(r, exact, 1)}`;
  if (kind === 7) return `print("Total:", ${value(r, exact, 2)})`;
  return `print(${value(r, exact, 2)}, f"{${name}} and {${name} + 1:.2f}")`;
}

function program(r: Random): string {
  const exact = r.int(0, 1) === 0;
  const lines = Array.from({ length: r.int(2, 7) }, () => statement(r, exact));
  return ["a = 3", "b = 2.5", "c = 7", ...(r.int(0, 3) === 0 ? [] : ["d = 4"]), ...lines, "print(a, b)"].join(
    "\n",
  );
}

const numbers = (line: string) => (line.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g) ?? []).map(Number);
const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1e-3, Math.abs(a), Math.abs(b));

it.skipIf(!hasPython)("programs print what Python prints", () => {
  const codes = Array.from({ length: COUNT }, (_, i) => program(random(i, "programs")));
  const { stdout } = spawnSync("python3", ["-I", "-c", HARNESS], {
    input: JSON.stringify(codes),
    encoding: "utf8",
  });
  const printed = z.array(z.string().nullable()).parse(JSON.parse(stdout));
  let compared = 0;
  let stopped = 0;
  for (const [i, code] of codes.entries()) {
    const run = runProgram(code, new Map(), new Budget());
    const truth = printed[i] ?? null;
    expect(run, code).not.toBeNull();
    if (run === null) continue;
    if (run.stop !== null) {
      expect(truth, `${code}\n${run.stop}`).toBeNull();
      stopped++;
    } else if (truth !== null) {
      const lines = truth.trimEnd().split("\n");
      expect(run.lines.length, code).toBe(lines.length);
      for (const [k, line] of run.lines.entries()) {
        if (line === null) continue;
        const [ours, theirs] = [numbers(line), numbers(lines[k] ?? "")];
        const fine = ours.length === theirs.length && ours.every((x, n) => near(x, theirs[n] ?? Number.NaN));
        expect(fine, `${code}\nhere: ${line}\nPython: ${lines[k]}`).toBe(true);
        compared++;
      }
    }
  }
  expect(compared).toBeGreaterThan(COUNT / 2);
  expect(stopped).toBeGreaterThan(COUNT / 20);
});
