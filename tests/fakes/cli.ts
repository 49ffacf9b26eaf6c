/** The command line in this very process. */
import { vi } from "vitest";
import { report } from "../../src/cli/failure.js";
import { runProgram } from "../../src/cli/program.js";

/** Exit code of a call, and what it says on both streams, in order. */
export async function inProcess(args: readonly string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const keep = (text: string | Uint8Array) => {
    said += String(text);
    return true;
  };
  const spies = [process.stderr, process.stdout].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(keep),
  );
  try {
    await runProgram(args);
    return { code: 0, said };
  } catch (error) {
    const code = report(error);
    return { code, said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
