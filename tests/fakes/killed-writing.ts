/** Ends in the middle of writing two files, as a stop that waits no longer does. Argument: a path to write at. */
import { readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { atomically } from "../../src/data/folder.js";

const [, , path = ""] = process.argv;
let begun = 0;
const write = async () => {
  begun++;
  if (begun < 2) return new Promise<void>(() => undefined);
  const there = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
  process.stdout.write(`${there.length} files\n`);
  process.exit(3);
};
await Promise.all([atomically(path, write), atomically(`${path}-too`, write)]);
