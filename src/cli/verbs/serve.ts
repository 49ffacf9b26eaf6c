import { once } from "node:events";
import { z } from "zod";
import { verify } from "../../verifier/index.js";
import { commandOf } from "../verb.js";

/** A line asked. Steps may stand in a list. Two solutions may have the same id: answers come in the order of questions. */
const Question = z.object({
  id: z.int(),
  question: z.string(),
  solution: z.union([z.string(), z.array(z.string())]),
  reference: z.string().nullish(),
  referenceSolution: z.string().nullish(),
});

export const serveCommand = () =>
  commandOf({
    name: "serve",
    about:
      "Judge solutions for another program, a line of JSON on standard output for each on standard input.",
    flags: [],
    options: z.strictObject({}),
    examples: [
      `echo '{"id": 1, "question": "Ann has 16 eggs and eats 3. How many are left?", "solution": "16 - 3 = 14", "reference": "13"}' | nearmiss serve`,
    ],
    note: "Answers come in the order of the questions, as soon as they are there: {id, ...verdict}, or {id, error}. It ends with its input. Python asks it through nearmiss_torch.verifier.",
    run: serve,
  });

async function serve(): Promise<void> {
  process.stdin.setEncoding("utf8");
  let held: string[] = [];
  for await (const chunk of process.stdin) {
    // A line may come in many pieces; split at the newline alone, since JSON allows U+2028 inside a string.
    const [first = "", ...rest] = String(chunk).split("\n");
    held.push(first);
    if (rest.length === 0) continue;
    const lines = [held.join(""), ...rest.slice(0, -1)];
    held = [rest.at(-1) ?? ""];
    await say(lines.map(answer).join(""));
  }
  await say(answer(held.join("")));
}

/** The line that answers a line; nothing answers a blank one. */
function answer(line: string): string {
  if (line.trim() === "") return "";
  return `${JSON.stringify(judged(line))}\n`;
}

function judged(line: string): object {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { id: null, error: `this is not JSON: ${error instanceof Error ? error.message : error}` };
  }
  const { success, data, error } = Question.safeParse(value);
  if (success) {
    const { id, question, solution, reference = null, referenceSolution = null } = data;
    return { id, ...verify({ question, solution, reference, referenceSolution }) };
  }
  const faults = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { id: Reflect.get(Object(value), "id") ?? null, error: faults.join("; ") };
}

async function say(text: string): Promise<void> {
  if (text !== "" && !process.stdout.write(text)) await once(process.stdout, "drain");
}
