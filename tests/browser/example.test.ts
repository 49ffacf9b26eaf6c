/** The example of docs/browser.md is one that works. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hasChromium, NEEDS_CHROMIUM } from "./chromium.js";
import { bundle, inPage } from "./serve.js";

it.skipIf(!hasChromium)(
  `the page of docs/browser.md learns its line (${NEEDS_CHROMIUM})`,
  async () => {
    const contents = /```js\n(.*?)```/s.exec(readFileSync("docs/browser.md", "utf8"))?.[1] ?? "";
    const entry = {
      stdin: { contents, resolveDir: "." },
      alias: { "nearmiss/engine": "./src/engine/index.ts" },
    };
    const { code } = await bundle(entry, "cpu");
    const text = await inPage("cpu", code, {}, async (page) => {
      await page.waitForFunction("document.body.textContent !== ''");
      return page.evaluate("document.body.textContent");
    });
    expect(text).toMatch(/^slope 2\.000, from 21 to \d(\.\d)?e-\d+$/);
  },
  60_000,
);
