/** The line protocol that other programs speak; nearmiss_torch.verifier has tests of its own. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

const QUESTION = "Ann has 16 eggs and eats 3. How many are left?";

it("answers every line with one line, in order, faults included", () => {
  const lines = [
    JSON.stringify({ id: 5, question: QUESTION, solution: "16 - 3 = 14\u2028\n\0", reference: "13" }),
    "",
    "no JSON",
    JSON.stringify({ id: 6, question: QUESTION }),
    // Longer than any chunk, with a lone surrogate, and without a newline at its end.
    JSON.stringify({ id: 7, question: QUESTION, solution: ["\ud800".repeat(300_000), "16 - 3 = 13"] }),
  ];
  const { stdout, status } = spawnSync("node_modules/.bin/tsx", ["src/cli/main.ts", "serve"], {
    input: lines.join("\n"),
    encoding: "utf8",
  });
  expect(status).toBe(0);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id)).toEqual([5, null, 6, 7]);
  expect(answers[0]).toMatchObject({
    correct: false,
    firstErrorStep: 0,
    profile: { arithmetic: expect.closeTo(0.95) },
  });
  expect(answers[1].error).toMatch(/^this is not JSON/);
  expect(answers[2].error).toMatch(/^solution: /);
  expect(answers[3]).toMatchObject({ correct: null, profile: { arithmetic: 0 } });
});
