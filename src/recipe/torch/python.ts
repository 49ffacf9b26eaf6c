/** The Python that trains: which one, and whether it has what it needs. */
import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { NearmissError } from "../../errors.js";
import { packageVersion } from "../../version.js";
import type { Train } from "../schema.js";

const INSTALL = "pip install 'nearmiss-torch[train]'";
/** The C library's settings of our own command are made for our engine's arrays, not for PyTorch's. */
const OURS = /^MALLOC_/;

const Found = z.object({
  version: z.string(),
  packages: z.record(z.string(), z.string()),
  faults: z.array(z.string()),
});

export function pythonOf({ python }: Train): string {
  return python ?? process.env.NEARMISS_PYTHON ?? "python3";
}

/** Its own programs, `accelerate` and `torchrun` among them, come before others of their name. */
export function environmentOf(train: Train): NodeJS.ProcessEnv {
  const python = pythonOf(train);
  const kept = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const environment = { ...Object.fromEntries(kept), PYTHONUNBUFFERED: "1" };
  if (!python.includes("/")) return environment;
  return { ...environment, PATH: [dirname(python), process.env.PATH ?? ""].join(delimiter) };
}

/**
 * Asks the Python for its packages; imports none, so it takes a moment only.
 * @throws NearmissError saying what is missing or too old, and how to install it
 */
export async function checkPython(train: Train): Promise<void> {
  const python = pythonOf(train);
  const output = await ask(python, train);
  const { version, faults } = Found.parse(JSON.parse(output));
  const ours = packageVersion();
  if (minor(version) !== minor(ours)) {
    faults.push(
      `nearmiss-torch is ${version}, and nearmiss ${ours}: the two belong together by their first two numbers.`,
    );
  }
  if (faults.length === 0) return;
  const pinned =
    minor(version) === minor(ours) ? INSTALL : `pip install 'nearmiss-torch[train]~=${minor(ours)}.0'`;
  throw new NearmissError(
    `${python} cannot train: ${faults.join(" ")}\nInstall what is needed with: ${pinned}`,
  );
}

async function ask(python: string, train: Train): Promise<string> {
  try {
    const options = { env: environmentOf(train), timeout: 60_000 };
    return (await promisify(execFile)(python, ["-m", "nearmiss_torch", "check"], options)).stdout;
  } catch (error) {
    const { code, stdout = "", stderr = "" } = Object(error);
    // Faults are an answer too, with exit code 1.
    if (String(stdout).startsWith("{")) return String(stdout);
    if (code === "ENOENT") {
      throw new NearmissError(
        `train.python: there is no command ${python}. Name the Python that has nearmiss-torch, in train.python or NEARMISS_PYTHON.`,
      );
    }
    if (/No module named '?nearmiss_torch/.test(String(stderr))) {
      throw new NearmissError(`${python} has no nearmiss-torch. Install it with: ${INSTALL}`);
    }
    throw new NearmissError(
      `${python} -m nearmiss_torch check failed: ${String(stderr).trim() || String(error)}`,
    );
  }
}

const minor = (version: string): string => version.split(".").slice(0, 2).join(".");
