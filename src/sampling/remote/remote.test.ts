import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answer, ChatServer, completion, type Manner, send } from "../../../tests/fakes/chat-server.js";
import type { Candidate } from "../../data/records.js";
import { candidateKey } from "../candidates.js";
import { backoff, retryAfter } from "./backoff.js";
import { bill, estimate, type RemoteOptions, sampleFromServers } from "./index.js";

let servers: ChatServer[] = [];
const KEY = "sk-secret-1234567890";
beforeEach(() => {
  process.env.NEARMISS_API_KEY = KEY;
});
afterEach(async () => {
  delete process.env.NEARMISS_API_KEY;
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function server(manner?: Manner, port?: number): Promise<ChatServer> {
  const fake = await ChatServer.start(port);
  if (manner !== undefined) fake.manner = manner;
  servers.push(fake);
  return fake;
}

const problems = ["a", "b", "c", "d", "e"].map((id) => ({
  id,
  messages: [{ role: "user" as const, content: `question ${id}` }],
}));

const SETTINGS = {
  ...{ n: 3, temperature: 1, topP: 0.9, topK: 40, maxTokens: 64, seed: 7 },
  ...{ concurrency: 4, timeoutSeconds: 0.5, retries: 6, extra: {}, price: undefined, wait: 10 },
};

interface Sampled {
  candidates: Candidate[];
  notes: string[];
  error: Error | null;
  usage: { input: number; output: number };
}

async function sample(
  urls: readonly string[],
  change: Partial<RemoteOptions> = {},
  done: ReadonlySet<string> = new Set(),
  signal = new AbortController().signal,
  each: (count: number) => void = () => undefined,
): Promise<Sampled> {
  const options = { ...SETTINGS, urls, serverModel: "served", model: "named", ...change };
  const result: Sampled = { candidates: [], notes: [], error: null, usage: { input: 0, output: 0 } };
  const note = (line: string) => void result.notes.push(line);
  try {
    for await (const one of sampleFromServers(problems, options, done, result.usage, note, signal)) {
      result.candidates.push(one);
      each(result.candidates.length);
    }
  } catch (error) {
    result.error = error as Error;
  }
  return result;
}

const keys = (candidates: readonly Candidate[]) =>
  candidates.map(({ problemId, index }) => `${problemId}${index}`).sort();
const ALL = problems.flatMap(({ id }) => [0, 1, 2].map((i) => `${id}${i}`));

describe("a server that answers", () => {
  test("gives each candidate once, with what the server says of it", async () => {
    const fake = await server();
    const { candidates, usage } = await sample([fake.url]);
    expect(keys(candidates)).toEqual(ALL);
    expect(candidates[0]).toMatchObject({
      tokenCount: 2,
      logprob: -0.75,
      sampler: { model: "named", temperature: 1, topP: 0.9, seed: 7 },
    });
    expect(candidates.filter(({ finishReason }) => finishReason === "length")).toHaveLength(5);
    expect(usage).toEqual({ input: 50, output: 30 });
    const [first] = fake.asked;
    expect(first).toMatchObject({
      model: "served",
      n: 3,
      top_p: 0.9,
      top_k: 40,
      max_tokens: 64,
      logprobs: true,
    });
    expect(new Set(fake.asked.map(({ seed }) => seed)).size).toBe(5);
    expect(fake.headers[0]?.authorization).toBe(`Bearer ${KEY}`);
  });

  test("is never asked more at once than `concurrency`", async () => {
    const fake = await server((asked, response) => void setTimeout(() => answer(asked, response), 20));
    await sample([fake.url], { concurrency: 2 });
    expect(fake.crowd).toBe(2);
  });

  test("is asked for what is missing only", async () => {
    const fake = await server();
    const done = new Set([..."abcd"].flatMap((id) => [0, 1, 2].map((i) => candidateKey(id, i))));
    done.add(candidateKey("e", 1));
    expect(keys((await sample([fake.url], {}, done)).candidates)).toEqual(["e0", "e2"]);
    expect(fake.asked).toHaveLength(1);
  });

  test("that tells neither tokens nor log-probabilities still gives candidates", async () => {
    const fake = await server((asked, response) => {
      const { choices } = completion(asked, asked.n);
      send(response, 200, JSON.stringify({ choices: choices.map(({ logprobs: _, ...rest }) => rest) }));
    });
    const { candidates } = await sample([fake.url]);
    expect(keys(candidates)).toEqual(ALL);
    expect(candidates[0]?.logprob).toBeNull();
    expect(candidates[0]?.tokenCount).toBeGreaterThan(4);
  });

  test("gets fields of its own, and not those that are taken out", async () => {
    const fake = await server();
    await sample([fake.url], { extra: { min_p: 0.1, top_k: null } });
    expect(fake.asked[0]).toMatchObject({ min_p: 0.1 });
    expect(fake.asked[0]).not.toHaveProperty("top_k");
  });
});

const IGNORES: readonly (readonly [string, Manner])[] = [
  ["ignores n", (asked, response) => answer(asked, response, 1)],
  [
    "refuses n",
    (asked, response) =>
      asked.n > 1 ? send(response, 400, '{"error": {"message": "n must be 1"}}') : answer(asked, response),
  ],
];
test.each(IGNORES)(
  "a server that %s is asked for samples one by one, each with its own seed",
  async (_, manner) => {
    const fake = await server(manner);
    const { candidates } = await sample([fake.url]);
    expect(keys(candidates)).toEqual(ALL);
    expect(new Set(candidates.map(({ text }) => text)).size).toBe(15);
  },
);

/** Every third request is treated badly. */
const sometimes =
  (bad: Manner): Manner =>
  (asked, response, number) =>
    number % 3 === 1 ? bad(asked, response, number) : answer(asked, response);

const BAD: readonly (readonly [string, Manner])[] = [
  ["answers 500", (_, response) => send(response, 500, "oops")],
  ["answers 429 with Retry-After", (_, response) => send(response, 429, "{}", { "retry-after": "0.05" })],
  [
    "answers 429 with a date",
    (_, response) => send(response, 429, "{}", { "retry-after": new Date().toUTCString() }),
  ],
  [
    "cuts its answer off",
    (asked, response) => {
      const body = JSON.stringify(completion(asked, asked.n));
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      response.write(body.slice(0, 20), () => response.destroy());
    },
  ],
  ["closes the connection", (_, response) => void response.destroy()],
  ["sends broken JSON", (_, response) => send(response, 200, '{"choices": [')],
  ["sends JSON of another kind", (_, response) => send(response, 200, '{"choices": {"message": 1}}')],
  ["sends a web page", (_, response) => send(response, 200, "<html>", { "content-type": "text/html" })],
  ["sends no choices", (_, response) => send(response, 200, '{"choices": []}')],
  [
    "ends for no known reason",
    (asked, response) => {
      const { choices } = completion(asked, asked.n);
      const strange = choices.map((choice) => ({ ...choice, finish_reason: "weather" }));
      send(response, 200, JSON.stringify({ choices: strange }));
    },
  ],
  ["hangs", () => {}],
  ["hangs in the middle of its body", (_, response) => void response.writeHead(200).write('{"choices":')],
];
test.each(BAD)("a server that sometimes %s: every candidate comes, once", async (_, bad) => {
  const fake = await server(sometimes(bad));
  const { candidates, error } = await sample([fake.url], { concurrency: 2 });
  expect(error).toBeNull();
  expect(keys(candidates)).toEqual(ALL);
  expect(new Set(candidates.map(({ text }) => text)).size).toBe(15);
});

// One request at a time: with several, another's second failure may end the run before the first answer is read.
test.each(BAD)("a server that always %s: the run gives up, and says why, without the key", async (_, bad) => {
  const fake = await server((asked, response, number) =>
    asked.messages[0]?.content === "question a" ? answer(asked, response) : bad(asked, response, number),
  );
  const lost = { concurrency: 1, retries: 1, timeoutSeconds: 1 };
  const { candidates, error, notes } = await sample([fake.url], lost);
  expect(keys(candidates)).toEqual(["a0", "a1", "a2"]);
  expect(error?.message).toMatch(/No answer for problem "b" from http:.* after 2 tries: .{3}/);
  expect(error?.message).toContain("run again to go on");
  expect(JSON.stringify([error?.message, error?.stack, error?.cause, notes])).not.toContain(KEY);
});

describe("a refusal", () => {
  const REFUSALS: readonly (readonly [number, RegExp])[] = [
    [401, /status 401\. .*NEARMISS_API_KEY/],
    [403, /status 403\. .*NEARMISS_API_KEY/],
    [404, /baseUrl.*model/],
    [400, /The request itself is refused/],
  ];
  test.each(REFUSALS)("%i ends the run at once, without the key", async (status, says) => {
    const echo = JSON.stringify({ error: { message: `Incorrect API key: ${KEY}` } });
    const fake = await server((_, response) => send(response, status, echo));
    const { error, notes } = await sample([fake.url], { n: 1 });
    expect(error?.message).toMatch(says);
    expect(fake.asked.length).toBeLessThanOrEqual(4);
    expect(JSON.stringify([error?.message, error?.stack, error?.cause, notes])).not.toContain(KEY);
  });

  test("no key is sent that was not given for this server", async () => {
    delete process.env.NEARMISS_API_KEY;
    process.env.OPENAI_API_KEY = KEY;
    const fake = await server();
    await sample([fake.url]);
    delete process.env.OPENAI_API_KEY;
    expect(fake.headers[0]?.authorization).toBeUndefined();
  });
});

describe("several servers", () => {
  test("share the load", async () => {
    const slow: Manner = (asked, response) => void setTimeout(() => answer(asked, response), 10);
    const [one, two] = [await server(slow), await server(slow)];
    expect(keys((await sample([one.url, two.url])).candidates)).toEqual(ALL);
    expect(Math.min(one.asked.length, two.asked.length)).toBeGreaterThan(1);
  });

  test("one that asks to be left alone is not asked again", async () => {
    const busy = await server((_, response) => send(response, 429, "{}", { "retry-after": "3600" }));
    const free = await server((asked, response) => void setTimeout(() => answer(asked, response), 10));
    const { candidates, notes } = await sample([busy.url, free.url], { concurrency: 1 });
    expect(keys(candidates)).toEqual(ALL);
    expect(busy.asked).toHaveLength(1);
    expect(notes.join()).toContain(`${busy.url} is left alone for 3600.0 s: 429`);
  });

  test("a dead one is set aside and asked again once it is back", async () => {
    // One by one, so that there is always more to ask for.
    const slow: Manner = (asked, response) => void setTimeout(() => answer(asked, response, 1), 60);
    const one = await server(slow);
    const gone = await server();
    const { port, url } = gone;
    await gone.stop();
    servers = servers.filter((fake) => fake !== gone);
    const sampling = sample([url, one.url], { concurrency: 1, retries: 20, timeoutSeconds: 30 });
    while (one.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const back = await server(slow, port);
    expect(keys((await sampling).candidates)).toEqual(ALL);
    expect(back.asked.length).toBeGreaterThan(0);
  });
});

test("stopped, it ends its requests and keeps what came", async () => {
  const fake = await server((asked, response, number) => {
    if (number <= 2) answer(asked, response);
  });
  const controller = new AbortController();
  const { candidates, error } = await sample(
    [fake.url],
    { timeoutSeconds: 60 },
    new Set(),
    controller.signal,
    (count) => count === 6 && controller.abort(new Error("stop")),
  );
  expect(candidates).toHaveLength(6);
  expect(error?.message).toBe("stop");
});

test("back-off doubles up to a minute, with full jitter", () => {
  expect([1, 2, 3, 20].map((failures) => backoff(failures, 1))).toEqual([500, 1000, 2000, 60_000]);
  expect(backoff(3, 0.25)).toBe(500);
});

test("Retry-After in seconds, in milliseconds and as a date", () => {
  const of = (headers: Record<string, string>) => retryAfter(new Headers(headers), Date.UTC(2026, 0, 1));
  expect(of({ "retry-after": "3" })).toBe(3000);
  expect(of({ "retry-after-ms": "20", "retry-after": "3" })).toBe(20);
  expect(of({ "retry-after": "Thu, 01 Jan 2026 00:00:05 GMT" })).toBe(5000);
  expect([of({}), of({ "retry-after": "soon" }), retryAfter(undefined, 0)]).toEqual([null, null, null]);
});

test("the estimate counts what is left, and its price", () => {
  const options = { n: 3, maxTokens: 100, price: { input: 1, output: 2 } };
  const done = new Set([candidateKey("a", 0), ...[0, 1, 2].map((i) => candidateKey("b", i))]);
  expect(estimate(problems, options, done)).toBe(
    "4 requests (11, with their tokens in, where a server ignores n): about 10 tokens in, at most 1100 out; at the given prices at most 0.0022",
  );
  expect(estimate(problems.slice(1, 2), options, done)).toBeNull();
  expect(bill({ input: 1e6, output: 2e6 }, options.price)).toContain("at the given prices 5.00");
});
