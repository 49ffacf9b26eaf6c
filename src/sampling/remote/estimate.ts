/** What sampling from servers will take at the most, and what it took. */
import { candidateKey } from "../candidates.js";
import type { RemoteOptions, RemoteProblem, Usage } from "./index.js";

/** Of English prose with numbers; only an estimate needs it. */
const CHARACTERS_PER_TOKEN = 4;

/** One line for the person who pays: requests, tokens and, where prices are known, money. Null when nothing is left to do. */
export function estimate(
  problems: readonly RemoteProblem[],
  { n, maxTokens, price }: Pick<RemoteOptions, "n" | "maxTokens" | "price">,
  done: ReadonlySet<string>,
): string | null {
  let requests = 0;
  let samples = 0;
  let characters = 0;
  for (const { id, messages } of problems) {
    const missing = Array.from({ length: n }, (_, i) => i).filter(
      (i) => !done.has(candidateKey(id, i)),
    ).length;
    if (missing === 0) continue;
    requests++;
    samples += missing;
    characters += messages.reduce((sum, { content }) => sum + content.length, 0);
  }
  if (samples === 0) return null;
  const usage = { input: Math.ceil(characters / CHARACTERS_PER_TOKEN), output: samples * maxTokens };
  const alone = requests === samples ? "" : ` (${samples}, with their tokens in, where a server ignores n)`;
  return `${requests} requests${alone}: about ${usage.input} tokens in, at most ${usage.output} out${cost(usage, price, "at most")}`;
}

/** What the servers counted. */
export function bill(usage: Usage, price: RemoteOptions["price"]): string {
  return `the servers counted ${usage.input} tokens in, ${usage.output} out${cost(usage, price, "")}`;
}

function cost({ input, output }: Usage, price: RemoteOptions["price"], atMost: string): string {
  if (price === undefined) return "";
  const money = (input * price.input + output * price.output) / 1e6;
  return `; at the given prices ${atMost === "" ? "" : `${atMost} `}${money.toFixed(money < 1 ? 4 : 2)}`;
}
