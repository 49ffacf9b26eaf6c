/** What every view needs: the source of data, and how a view's data are loaded and kept fresh. */
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { Changed, Source } from "./source/source.js";

export const SourceContext = createContext<Source | null>(null);

export function useSource(): Source {
  const source = useContext(SourceContext);
  if (source === null) throw new Error("no source of data");
  return source;
}

/** Calls back with the changes of the source's files. */
function useChanges(listener: (changes: readonly Changed[]) => void): void {
  const latest = useRef(listener);
  latest.current = listener;
  useEffect(() => {
    const hear = (event: Event) => {
      if (event instanceof CustomEvent) latest.current(event.detail as readonly Changed[]);
    };
    addEventListener("nearmiss-change", hear);
    return () => removeEventListener("nearmiss-change", hear);
  }, []);
}

/** Tells every view; the one listener of the source calls it. */
export function announce(changes: readonly Changed[]): void {
  dispatchEvent(new CustomEvent("nearmiss-change", { detail: changes }));
}

export type Loaded<T> =
  | { readonly state: "loading" }
  | { readonly state: "failed"; readonly error: Error; readonly again: () => void }
  /** `fresh` is false while newer data, or those of another query, are on their way. */
  | { readonly state: "ready"; readonly data: T; readonly fresh: boolean };

/** Changes come in bursts while a stage writes. */
const SETTLE_MILLISECONDS = 150;

/**
 * Loads a view's data, again when `key` changes and when one of the run's files does. What was shown stays until the new
 * data are there.
 * @param run null: changes of any run
 * @param files beginnings of file names
 */
export function useLoaded<T>(
  key: string,
  run: string | null,
  files: readonly string[],
  load: () => Promise<T>,
  /** Milliseconds after which to look once more, for data that are not whole yet; null where they are. */
  unfinished: (data: T) => number | null = () => null,
): Loaded<T> {
  const [shown, setShown] = useState<{ key: string; value: Loaded<T> }>({ key, value: { state: "loading" } });
  const [turn, setTurn] = useState(0);
  const timer = useRef(0);
  const again = (wait: number) => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setTurn((n) => n + 1), wait);
  };
  useChanges((changes) => {
    const touched = changes.some(
      (change) =>
        run === null ||
        (change.run === run && change.files.some((file) => files.some((name) => file.startsWith(name)))),
    );
    if (touched) again(SETTLE_MILLISECONDS);
  });
  // `key` stands for all that `load` reads
  useEffect(() => {
    let current = true;
    load().then(
      (data) => {
        if (!current) return;
        setShown({ key, value: { state: "ready", data, fresh: true } });
        const wait = unfinished(data);
        if (wait !== null) again(wait);
      },
      (error: unknown) => {
        if (!current) return;
        const told = error instanceof Error ? error : new Error(String(error));
        setShown({ key, value: { state: "failed", error: told, again: () => again(0) } });
      },
    );
    return () => {
      current = false;
      clearTimeout(timer.current);
    };
  }, [key, turn]);
  const { value } = shown;
  return value.state === "ready" && shown.key !== key ? { ...value, fresh: false } : value;
}
