/**
 * Work grows with the length of a text, not with its square. Counted in function calls, by V8's own counters, since a
 * test that takes the time depends on the machine; time is `npm run fuzz:verifier`'s.
 */
import { Session } from "node:inspector/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type VerifyInput, verify } from "../src/verifier/index.js";

const session = new Session();

beforeAll(async () => {
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
});

afterAll(() => session.disconnect());

/** How many calls of the verifier's functions `verify` makes. */
async function calls(input: VerifyInput): Promise<number> {
  await session.post("Profiler.takePreciseCoverage"); // Sets the counters to zero.
  verify(input);
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const ours = result.filter(({ url }) => url.includes("/src/verifier/"));
  return ours
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0);
}

const lines = (n: number, line: (k: number) => string) =>
  Array.from({ length: n }, (_, k) => line(k)).join("\n");

/** So few that a square shows: behind the caps and the work budget of limits.ts a longer text hardly costs more. */
const [FEW, MANY] = [400, 800];

const TEXTS: Record<string, (n: number) => VerifyInput> = {
  "equations with other left sides, and their solutions": (n) => ({
    question: "Find the numbers.",
    solution: lines(n, (k) => `x_{${k}} + 3 = ${k}\nx_{${k}} = ${k - 3}`),
  }),
  "one chain of equalities": (n) => ({
    question: "A farm sells 7 eggs a day. How many does it sell?",
    solution: Array.from({ length: n }, (_, k) => `${k} * 7 = ${k * 11}`).join(" = "),
  }),
  "numbers that nothing uses": (n) => ({
    question: lines(n, (k) => `There are ${k + 2} boxes of kind ${k}.`),
    solution: lines(n, (k) => `So ${k + 1000} of them.`),
  }),
  "steps without a computation, beside a reference": (n) => ({
    question: "A farm sells 7 eggs a day. How many does it sell?",
    solution: lines(n, (k) => `Then there are ${k * 7 + 50_000} eggs.`),
    reference: "#### 7",
    referenceSolution: lines(n, (k) => `${k} * 11 + 3 = ${k * 11 + 3}`),
  }),
};

describe("work is linear in the length", () => {
  it.each(Object.entries(TEXTS))("%s", async (_, text) => {
    const few = await calls(text(FEW));
    const many = await calls(text(MANY));
    expect(few).toBeGreaterThan(FEW);
    expect(many / few).toBeLessThan(2.5);
  });
});
