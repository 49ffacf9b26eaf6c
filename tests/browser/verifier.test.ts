/**
 * `nearmiss/verifier` in a browser: one small bundle, nothing of Node in it, and the same verdicts as in Node. Needs a
 * Chromium: the path in NEARMISS_CHROMIUM, or Debian's package.
 */
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { GENERATORS } from "../../scripts/fuzz/hostile.js";
import { QUESTIONS, SOLUTIONS } from "../../scripts/fuzz/texts.js";
import { random } from "../../src/random.js";
import { extractAnswer, sameAnswer, verify } from "../../src/verifier/index.js";
import { DIFFERENT, SAME } from "../answer-forms.js";
import { CHROMIUM, hasChromium, NEEDS_CHROMIUM } from "./chromium.js";

/** What a web page may spend on the verifier, minified. */
const MAX_BYTES = 150_000;

/** The verifier as one classic script that sets `nearmiss`, with the files that went into it. */
async function bundle(): Promise<{ code: string; inputs: readonly string[] }> {
  const result = await build({
    entryPoints: ["src/verifier/index.ts"],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: "browser",
    format: "iife",
    globalName: "nearmiss",
    logLevel: "silent",
  });
  return { code: result.outputFiles[0]?.text ?? "", inputs: Object.keys(result.metafile.inputs) };
}

interface Cases {
  readonly solutions: readonly {
    readonly question: string;
    readonly solution: string;
    readonly reference?: string;
  }[];
  readonly answers: readonly (readonly [string, string])[];
}

function cases(): Cases {
  const hostile = Object.entries(GENERATORS).flatMap(([kind, make]) =>
    [1, 2, 3].map((seed) => ({ question: "", solution: make(random(seed, "browser", kind), 1) })),
  );
  const written = QUESTIONS.flatMap((question) =>
    SOLUTIONS.map((solution) => ({ question, solution, reference: "18" })),
  );
  return {
    solutions: [...written, ...hostile],
    answers: [SAME, DIFFERENT].flatMap((table) => Object.values(table).flat()),
  };
}

/** Every verdict on the cases, as JSON: lone surrogates and the last digit of a number come through unharmed. */
function verdicts({ solutions, answers }: Cases): string {
  return JSON.stringify({
    verify: solutions.map((input) => verify(input)),
    extract: solutions.map(({ solution }) => extractAnswer(solution)),
    same: answers.map(([a, b]) => sameAnswer(a, b)),
  });
}

/** The same in the page; `text` is JSON of the cases. */
const IN_PAGE = `(text) => {
  const { solutions, answers } = JSON.parse(text);
  return JSON.stringify({
    verify: solutions.map((input) => nearmiss.verify(input)),
    extract: solutions.map(({ solution }) => nearmiss.extractAnswer(solution)),
    same: answers.map(([a, b]) => nearmiss.sameAnswer(a, b)),
  });
}`;

describe("the verifier for browsers", () => {
  it("is small and brings nothing along", async () => {
    const { code, inputs } = await bundle();
    expect(code.length).toBeGreaterThan(10_000);
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(MAX_BYTES);
    expect(inputs.filter((file) => !file.startsWith("src/verifier/"))).toEqual(["src/random.ts"]);
  });

  it.skipIf(!hasChromium)(`gives the same verdicts in Chromium as in Node (${NEEDS_CHROMIUM})`, async () => {
    const { code } = await bundle();
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: code });
      const found: unknown = await page.evaluate(`(${IN_PAGE})(${JSON.stringify(JSON.stringify(cases()))})`);
      expect(JSON.parse(String(found))).toEqual(JSON.parse(verdicts(cases())));
    } finally {
      await browser.close();
    }
  });
});
