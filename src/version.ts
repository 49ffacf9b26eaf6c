import { readFileSync } from "node:fs";
import { z } from "zod";

const Package = z.object({ version: z.string() });

/** The version in package.json, which stands one folder above `src` and `dist`. */
export function packageVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  return Package.parse(JSON.parse(readFileSync(file, "utf8"))).version;
}
