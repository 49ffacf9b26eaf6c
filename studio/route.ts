/** The page's address: `#/r/RUN/VIEW?parameters` names run, view, filters and row. Back and forward are the browser's. */
import { useEffect, useState } from "preact/hooks";

const VIEWS = ["run", "solutions", "solution", "map", "pairs", "pair", "arms"] as const;
export type RunView = (typeof VIEWS)[number];

export interface Route {
  /** Null: the list of runs, or the playground. */
  readonly run: string | null;
  readonly view: RunView | "runs" | "playground" | "nowhere";
  readonly parameters: URLSearchParams;
}

function readRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const [first = "", id = "", view = "run"] = path.split("/").map(decoded);
  if (first === "") return { run: null, view: "runs", parameters };
  if (first === "playground") return { run: null, view: "playground", parameters };
  const known = VIEWS.find((name) => name === view);
  if (first !== "r" || id === "" || known === undefined) return { run: null, view: "nowhere", parameters };
  return { run: id, view: known, parameters };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function linkTo(
  run: string,
  view: RunView = "run",
  query: string | Record<string, string | number> = "",
): string {
  const text =
    typeof query === "string"
      ? query
      : new URLSearchParams(
          Object.entries(query).map(([k, v]): [string, string] => [k, String(v)]),
        ).toString();
  const path = `#/r/${encodeURIComponent(run)}${view === "run" ? "" : `/${view}`}`;
  return text === "" ? path : `${path}?${text}`;
}

/** Goes to a link of the page. `replace` keeps the step back short: for filters that change with every letter. */
export function go(link: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, "", link);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else location.hash = link;
}

/** The row at which a list is to be opened, from 0; null where the address names none. */
export function rowIn(parameters: URLSearchParams): number | null {
  const text = parameters.get("row") ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Leaves the row in the address, so that the way back leads to it. */
export function keepRow(row: number): void {
  const [path = "", query = ""] = location.hash.split("?", 2);
  const parameters = new URLSearchParams(query);
  parameters.set("row", String(row));
  history.replaceState(null, "", `${path}?${parameters}`);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const change = () => setRoute(readRoute(location.hash));
    addEventListener("hashchange", change);
    return () => removeEventListener("hashchange", change);
  }, []);
  return route;
}
