/**
 * No regular expression may take more than linear time: every literal in the folders that read other people's text is
 * found through TypeScript's syntax tree and given to recheck, which searches for strings that make it backtrack.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkSync, type Diagnostics } from "recheck";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { FACTS } from "../src/verifier/checks/facts.js";

const FOLDERS = ["src/verifier", "src/mining", "src/data"];
/** Milliseconds that recheck may think about one pattern; the slowest takes a tenth of it. */
const TIMEOUT = 30_000;

interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly where: string;
}

function literalsOf(file: string): Pattern[] {
  const out: Pattern[] = [];
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const close = node.text.lastIndexOf("/");
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      out.push({
        source: node.text.slice(1, close),
        flags: node.text.slice(close + 1),
        where: `${file}:${line}`,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return out;
}

/** Each pattern once, those that are put together at run time with them. */
function patterns(): Pattern[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => join(folder, name)),
  );
  const built = FACTS.map(({ pattern: { source, flags } }) => ({ source, flags, where: "FACTS" }));
  const all = [...files.sort().flatMap(literalsOf), ...built];
  return [...new Map(all.map((pattern) => [`/${pattern.source}/${pattern.flags}`, pattern])).values()];
}

/** Why a pattern is not safe: a string that makes it backtrack, or what kept recheck from an answer. */
function reason(found: Diagnostics): string {
  if (found.status === "vulnerable") return `${found.complexity.summary}: ${found.attack.pattern}`;
  return found.status === "unknown" ? found.error.kind : "";
}

describe("regular expressions", () => {
  // recheck's own JavaScript, the same on every machine: no Java, no binary.
  beforeAll(() => {
    process.env.RECHECK_SYNC_BACKEND = "pure";
  });

  it("are there to be checked", () => expect(patterns().length).toBeGreaterThan(100));

  it.each(patterns())("$where /$source/$flags", ({ source, flags }) => {
    const found = checkSync(source, flags, { timeout: TIMEOUT });
    expect(found.status, reason(found)).toBe("safe");
  });
});
