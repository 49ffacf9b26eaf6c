/** The server that the page came from: both are built of the same view models. */
import { PairQuery, type Slice, SolutionQuery, writeQuery } from "../../src/studio/query.js";
import { type Changed, type Source, SourceError } from "./source.js";

const meta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
const token = meta("nearmiss-token");

/** The server's answer, or its complaint as an error. */
export async function ask(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new SourceError(
      "The studio's server does not answer. Is it still running? Start it again and reload.",
    );
  }
  if (response.ok) return response;
  const told: { error?: unknown } | null = await response.json().catch(() => null);
  const message = typeof told?.error === "string" ? told.error : `The server answered ${response.status}.`;
  throw new SourceError(message, response.status === 404);
}

async function get<T>(path: string): Promise<T> {
  return (await ask(path)).json();
}

/** A write, with the page's token. */
export function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-nearmiss-token": token },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

const of = (run: string, view: string, query = "") =>
  `api/runs/${encodeURIComponent(run)}/${view}${query === "" ? "" : `?${query}`}`;

const sliced = (query: string, { offset, limit }: Slice) => `${query}&offset=${offset}&limit=${limit}`;

const named = (values: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(values).map(([k, v]): [string, string] => [k, String(v)])).toString();

export const live: Source = {
  live: true,
  runs: () => get("api/runs"),
  overview: (run) => get(of(run, "overview")),
  sets: (run) => get(of(run, "sets")),
  curves: (run) => get(of(run, "curves")),
  solutions: (run, query, slice) =>
    get(of(run, "solutions", sliced(writeQuery(SolutionQuery, query), slice))),
  map: (run, query) => get(of(run, "map", writeQuery(SolutionQuery, query))),
  solution: (run, set, problem, index) => get(of(run, "solution", named({ set, problem, index }))),
  pairs: (run, query, slice) => get(of(run, "pairs", sliced(writeQuery(PairQuery, query), slice))),
  pair: (run, kind, line) => get(of(run, "pair", named({ kind, line }))),
  arms: (run) => get(of(run, "arms")),
  review: async (run, review) => {
    await post(of(run, "review"), review);
  },
  listen(listener) {
    const events = new EventSource("api/events");
    events.addEventListener("change", ({ data }) => listener(JSON.parse(data) as Changed[]));
    events.addEventListener("open", () => listener([]));
    events.addEventListener("error", () => listener("gone"));
    const server = meta("nearmiss-server");
    events.addEventListener("alive", ({ data }) => data !== server && listener("renewed"));
    return () => events.close();
  },
};
