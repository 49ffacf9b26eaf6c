/** The server that the page came from. What it says is checked against the schemas that it is made by. */
import { z } from "zod";
import { PairQuery, type Slice, SolutionQuery, writeQuery } from "../../src/studio/query.js";
import {
  ArmsView,
  Curves,
  MapView,
  Overview,
  PairsPage,
  PairView,
  RunSummary,
  SolutionsPage,
  SolutionView,
} from "../../src/studio/schema.js";
import { type Changed, type Source, SourceError } from "./source.js";

const token = document.querySelector<HTMLMetaElement>('meta[name="nearmiss-token"]')?.content ?? "";
const RunList = z.object({ runs: z.array(RunSummary), places: z.array(z.string()) });
const Failure = z.object({ error: z.string() });

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
  const told = Failure.safeParse(await response.json().catch(() => null));
  const message = told.success ? told.data.error : `The server answered ${response.status}.`;
  throw new SourceError(message, response.status === 404);
}

async function get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  return schema.parse(await (await ask(path)).json());
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
  runs: () => get("api/runs", RunList),
  overview: (run) => get(of(run, "overview"), Overview),
  curves: (run) => get(of(run, "curves"), Curves),
  solutions: (run, query, slice) =>
    get(of(run, "solutions", sliced(writeQuery(SolutionQuery, query), slice)), SolutionsPage),
  map: (run, query) => get(of(run, "map", writeQuery(SolutionQuery, query)), MapView),
  solution: (run, set, problem, index) =>
    get(of(run, "solution", named({ set, problem, index })), SolutionView),
  pairs: (run, query, slice) => get(of(run, "pairs", sliced(writeQuery(PairQuery, query), slice)), PairsPage),
  pair: (run, kind, line) => get(of(run, "pair", named({ kind, line })), PairView),
  arms: (run) => get(of(run, "arms"), ArmsView),
  review: async (run, review) => {
    await post(of(run, "review"), review);
  },
  listen(listener) {
    const events = new EventSource("api/events");
    events.addEventListener("change", ({ data }) => listener(JSON.parse(data) as Changed[]));
    events.addEventListener("open", () => listener([]));
    events.addEventListener("error", () => listener(null));
    return () => events.close();
  },
};
