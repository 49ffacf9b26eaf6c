/** The site of the documents and the API: all of them are on it, and its links lead somewhere. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildSite } from "../scripts/site/build.js";
import { brokenLinks } from "../scripts/site/links.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nearmiss-site-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("holds every document and entry point, and no link leads nowhere", async () => {
  // Types are checked elsewhere.
  expect(await buildSite(folder, { types: false })).toEqual([]);
  expect(await brokenLinks(folder)).toEqual([]);
  const documents = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".md"),
  );
  const pages = readdirSync(join(folder, "documents")).map((name) =>
    readFileSync(join(folder, "documents", name), "utf8"),
  );
  for (const name of documents) {
    const [heading = ""] = readFileSync(join("docs", name), "utf8").split("\n");
    const title = heading.replace("# ", "").replaceAll("'", "&#39;");
    expect(
      pages.filter((page) => page.includes(`<title>${title} | Nearmiss`)),
      name,
    ).toHaveLength(1);
  }
  const modules = readdirSync(join(folder, "modules"));
  expect(modules.sort()).toEqual(["engine.html", "index.html", "mining.html", "verifier.html"]);
});

test("a link to a page, an image or a place that is not there is told with its page", async () => {
  mkdirSync(join(folder, "a"));
  writeFileSync(
    join(folder, "index.html"),
    '<h1 id="top">x</h1><a href="a/b.html#there">1</a><a href="#top">2</a>',
  );
  writeFileSync(
    join(folder, "a/b.html"),
    `<p id="there"></p><a href="../index.html#gone">1</a><a href="c.html">2</a><img src="d%20e.png">
     <a href="https://example.org/#x">3</a><a href="mailto:a@example.org">4</a>`,
  );
  const expected = [
    "a/b.html: ../index.html#gone names a place that index.html does not have",
    "a/b.html: c.html leads to no file",
    "a/b.html: d%20e.png leads to no file",
  ];
  expect(await brokenLinks(folder)).toEqual(expected);
  writeFileSync(join(folder, "a/d e.png"), "");
  expect(await brokenLinks(folder)).toEqual(expected.slice(0, 2));
});
