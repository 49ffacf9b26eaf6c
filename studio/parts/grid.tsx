/**
 * A table of any length of which only the rows in sight are there. One stop for the Tab key: arrows, Page and Home keys
 * move, Enter opens.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { go, keepRow } from "../route.js";
import { Notice } from "./states.js";

export interface Column<Row> {
  readonly name: string;
  readonly title: string;
  /** In CSS grid's terms. */
  readonly width: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly number?: boolean;
  /** Left out where the page is not wide. */
  readonly wide?: boolean;
  /** The word of the query that sorts by it. */
  readonly sort?: string;
}

interface Slice<Row> {
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly Row[];
}

interface Sorting {
  readonly by: string;
  readonly order: "up" | "down";
  readonly change: (by: string, order: "up" | "down") => void;
}

export interface GridProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** Names the list: another key is another list, which begins at its top. */
  readonly listKey: string;
  /** Changes when the same list may hold other rows. */
  readonly version: unknown;
  readonly first: Slice<Row>;
  /** The row that the address names: the list begins there. Null: at its top. */
  readonly row: number | null;
  readonly load: (offset: number, limit: number) => Promise<Slice<Row>>;
  readonly link: (row: Row) => string;
  readonly sorting: Sorting;
  readonly height?: string;
}

export const PAGE_ROWS = 100;
const ROW = 36;
/** On a narrow screen a row is a card of two lines. */
const CARD = 68;
const NARROW = "(max-width: 640px)";
const WIDE = "(min-width: 1001px)";
/** Rows drawn beyond what is in sight. */
const SPARE = 4;

export function Grid<Row>(props: GridProps<Row>) {
  const { label, listKey, version, first, row, load, link, sorting, height = "min(64vh, 900px)" } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [active, setActive] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);
  const [, redraw] = useState(0);
  const narrow = useMedia(NARROW);
  const wide = useMedia(WIDE);
  const columns = props.columns.filter((column) => wide || column.wide !== true);
  const rowHeight = narrow ? CARD : ROW;
  const { total } = first;

  // Rows of another list are forgotten; those of an older version stay until the newer are there.
  const pages = useMemo(() => new Map<number, readonly Row[]>(), [listKey]);
  const asked = useMemo(() => new Set<number>([0]), [listKey, version]);
  pages.set(0, first.rows);

  const list = useRef(listKey);
  const wanted = useRef(row);
  useEffect(() => {
    const element = box.current;
    if (list.current !== listKey) {
      // Another list begins at its top
      list.current = listKey;
      wanted.current = null;
      element?.scrollTo({ top: 0 });
      setActive(0);
    }
    const at = wanted.current;
    // A list that is being read may not have come to the row yet.
    if (at === null || at >= total) return;
    wanted.current = null;
    setActive(at);
    element?.scrollTo({ top: Math.max(0, at - 3) * rowHeight });
    // Who comes back to a row goes on from it.
    element?.focus({ preventScroll: true });
  }, [listKey, total]);

  const seen = Math.ceil((box.current?.clientHeight ?? 600) / rowHeight) + 2 * SPARE;
  const from = Math.max(0, Math.min(total - 1, Math.floor(top / rowHeight)) - SPARE);
  const to = Math.min(total, from + seen);

  useEffect(() => {
    for (let page = Math.floor(from / PAGE_ROWS); page * PAGE_ROWS < to; page++) {
      if (asked.has(page)) continue;
      asked.add(page);
      load(page * PAGE_ROWS, PAGE_ROWS).then(
        ({ rows }) => {
          pages.set(page, rows);
          setFailed(null);
          redraw((n) => n + 1);
        },
        (error: unknown) => {
          asked.delete(page);
          setFailed(error instanceof Error ? error.message : String(error));
        },
      );
    }
  });

  const rowAt = (i: number): Row | undefined => pages.get(Math.floor(i / PAGE_ROWS))?.[i % PAGE_ROWS];
  const id = (i: number) => `row-${i}`;

  const move = (to: number) => {
    const next = Math.max(0, Math.min(total - 1, to));
    setActive(next);
    const element = box.current;
    if (element === null) return;
    const [above, below] = [next * rowHeight, (next + 1) * rowHeight - element.clientHeight + rowHeight];
    if (element.scrollTop > above) element.scrollTop = above;
    else if (element.scrollTop < below) element.scrollTop = below;
  };
  const open = (i: number) => {
    const there = rowAt(i);
    if (there === undefined) return;
    keepRow(i);
    go(link(there));
  };
  const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 600) / rowHeight) - 2);
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    PageDown: () => move(active + page),
    PageUp: () => move(active - page),
    Home: () => move(0),
    End: () => move(total - 1),
    Enter: () => open(active),
  };
  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(" ") };

  return (
    <div class="grid-frame">
      {failed !== null && (
        <Notice kind="broken" title="Some rows could not be loaded">
          {failed}
        </Notice>
      )}
      <div class="grid-head" style={template}>
        {columns.map((column) => (
          <Head key={column.name} column={column} sorting={sorting} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot hold a hundred thousand rows of which a few are drawn */}
      <div
        ref={box}
        class="grid-box"
        style={{ height }}
        role="grid"
        aria-label={label}
        aria-rowcount={total}
        aria-colcount={columns.length}
        aria-activedescendant={total > 0 ? id(active) : undefined}
        tabIndex={0}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
          event.preventDefault();
          act();
        }}
      >
        <div class="grid-space" role="presentation" style={{ height: `${total * rowHeight}px` }}>
          {Array.from({ length: Math.max(0, to - from) }, (_, k) => {
            const i = from + k;
            const here = rowAt(i);
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the grid itself has the focus, and names its active row
              // biome-ignore lint/a11y/useSemanticElements: see above
              <div
                key={i}
                id={id(i)}
                role="row"
                aria-rowindex={i + 1}
                class={`grid-row ${i === active ? "active" : ""}`}
                style={{ ...template, top: `${i * rowHeight}px`, height: `${rowHeight}px` }}
                onClick={(event) => {
                  setActive(i);
                  // With a key held down the browser opens the link elsewhere.
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  open(i);
                }}
                onKeyDown={undefined}
              >
                {here === undefined ? (
                  // biome-ignore lint/a11y/useFocusableInteractive: see above
                  // biome-ignore lint/a11y/useSemanticElements: see above
                  <span role="gridcell" class="muted">
                    …
                  </span>
                ) : (
                  columns.map(({ name, cell, number }, c) => (
                    // biome-ignore lint/a11y/useFocusableInteractive: see above
                    // biome-ignore lint/a11y/useSemanticElements: see above
                    <div key={name} role="gridcell" class={`cell-${name} ${number ? "number" : ""}`}>
                      {c === 0 ? (
                        <a href={link(here)} tabIndex={-1}>
                          {cell(here)}
                        </a>
                      ) : (
                        cell(here)
                      )}
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head<Row>({ column, sorting }: { column: Column<Row>; sorting: Sorting }) {
  const { title, number, sort, name } = column;
  const kind = `cell-${name} ${number ? "number" : ""}`;
  if (sort === undefined) return <div class={kind}>{title}</div>;
  const on = sorting.by === sort;
  const next = on && sorting.order === "up" ? "down" : "up";
  const arrow = on ? (sorting.order === "up" ? "▲" : "▼") : "";
  return (
    <div class={kind}>
      <button
        type="button"
        class="sort"
        aria-label={`Sort by ${title}${on ? `, now ${sorting.order === "up" ? "rising" : "falling"}` : ""}`}
        onClick={() => sorting.change(sort, next)}
      >
        {title} <span aria-hidden="true">{arrow}</span>
      </button>
    </div>
  );
}

function useMedia(condition: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(condition).matches);
  useEffect(() => {
    const query = matchMedia(condition);
    const change = () => setHolds(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, [condition]);
  return holds;
}
