/** The built page: `dist/page`, read once; nothing else is ever served from a disk by its name. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NearmissError } from "../../errors.js";

/** The same from `src/studio/server` and from `dist/studio/server`. */
const PAGE = fileURLToPath(new URL("../../../dist/page", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/**
 * The page's files by name.
 * @throws NearmissError where the page has not been built
 */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(PAGE, "index.html"))) {
    throw new NearmissError(`The page is not built: ${PAGE} is missing. Run: npm run build`);
  }
  const names = readdirSync(PAGE).filter((name) => extname(name) in TYPES);
  return new Map(
    names.map((name) => [name, { type: TYPES[extname(name)] ?? "", body: readFileSync(join(PAGE, name)) }]),
  );
}

/** One of the page's files as text. */
export function pageText(name: string): string {
  const file = pageFiles().get(name);
  if (file === undefined) throw new NearmissError(`The page lacks ${name}. Build it again: npm run build`);
  return file.body.toString("utf8");
}
