/** The table of solutions, filtered by what stands in the address. */
import { readQuery, SolutionQuery, writeQuery } from "../../src/studio/query.js";
import type { SolutionRow } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { type Change, SolutionFilters } from "../parts/filters.js";
import { type Column, Grid, PAGE_ROWS } from "../parts/grid.js";
import { whole } from "../parts/numbers.js";
import { Answer, DimensionName, Score } from "../parts/signs.js";
import { Notice, Shown } from "../parts/states.js";
import { Plain } from "../parts/text.js";
import { go, linkTo, type RunView, rowIn } from "../route.js";

/** Files whose change may change a set of solutions. */
export const SOLUTION_FILES = [
  "candidates.jsonl",
  "verdicts.jsonl",
  "pairs-hard.jsonl",
  "test-candidates.jsonl",
  "test-verdicts.jsonl",
  "predictions",
];

/** How soon to look again while the server reads a large file, so that the first rows need not wait for the last. */
export const READING_MILLISECONDS = 400;

export function useQuery(run: string, view: RunView, parameters: URLSearchParams) {
  const query = readQuery(SolutionQuery, parameters);
  const change: Change = (changes, how) =>
    go(linkTo(run, view, writeQuery(SolutionQuery, { ...query, ...changes })), how);
  return { query, change };
}

/** The sets that can be chosen; before they are known, the one that is shown. */
export function useSets(run: string, shown: string): readonly string[] {
  const source = useSource();
  const files = ["predictions", "candidates.jsonl", "test-candidates.jsonl"];
  const loaded = useLoaded(`sets ${run}`, run, files, () => source.sets(run));
  return loaded.state === "ready" ? loaded.data : [shown];
}

export function SolutionsPage({ run, parameters }: RunPageProps) {
  const { query, change } = useQuery(run, "solutions", parameters);
  const sets = useSets(run, query.set);
  return (
    <>
      <h1>Solutions</h1>
      <SolutionFilters query={query} sets={sets} change={change} />
      <SolutionTable run={run} query={query} row={rowIn(parameters)} change={change} />
    </>
  );
}

const COLUMNS: readonly Column<SolutionRow>[] = [
  {
    name: "id",
    title: "Problem",
    width: "minmax(8rem, 1.2fr)",
    sort: "problem",
    cell: ({ problemId, index }) => (
      <span class="id-cell">
        <span>
          <Plain text={problemId} />
        </span>
        <span>{` · ${index}`}</span>
      </span>
    ),
  },
  { name: "answer", title: "Answer", width: "5.5rem", cell: (row) => <Answer {...row} /> },
  {
    name: "w",
    title: "Wrongness",
    width: "6.3rem",
    number: true,
    sort: "wrongness",
    cell: ({ wrongness }) => <Score value={wrongness} />,
  },
  {
    name: "a",
    title: "Absurdity",
    width: "6.3rem",
    number: true,
    sort: "absurdity",
    cell: ({ absurdity }) => <Score value={absurdity} />,
  },
  {
    name: "dimension",
    title: "Goes wrong in",
    width: "7rem",
    sort: "dimension",
    cell: ({ dimension }) => <DimensionName of={dimension} />,
  },
  {
    name: "tokens",
    title: "Tokens",
    width: "5rem",
    wide: true,
    number: true,
    sort: "tokens",
    cell: ({ tokens }) => whole(tokens),
  },
  {
    name: "mined",
    title: "Mined",
    width: "5rem",
    cell: ({ mined, cutOff }) => (
      <>
        {mined && <span class="tag">mined</span>}
        {cutOff && <span class="tag">cut off</span>}
      </>
    ),
  },
  {
    name: "preview",
    title: "Solution",
    width: "minmax(3rem, 3fr)",
    cell: ({ preview }) => (
      <bdi>
        <Plain text={preview} />
      </bdi>
    ),
  },
];

export function SolutionTable(props: {
  run: string;
  query: SolutionQuery;
  /** The row to begin at; null: the first. */
  row: number | null;
  change: Change;
  height?: string;
}) {
  const { run, query, row, change, height } = props;
  const source = useSource();
  const key = `solutions ${run} ${writeQuery(SolutionQuery, query)}`;
  const loaded = useLoaded(
    key,
    run,
    SOLUTION_FILES,
    () => source.solutions(run, query, { offset: 0, limit: PAGE_ROWS }),
    ({ reading }) => (reading.bytes < reading.of ? READING_MILLISECONDS : null),
  );
  return (
    <Shown of={loaded} what="the solutions">
      {(page) => {
        const { all, total, reading } = page;
        if (all === 0 && reading.bytes >= reading.of) {
          return (
            <Notice kind="empty" title="No solutions here yet">
              {query.set === "samples"
                ? "They appear as the stage “sample” writes them."
                : "This set is written later in the run. Look at the Run view for the stage that it is in."}
            </Notice>
          );
        }
        return (
          <>
            <p role="status" class="count">
              {total === all ? `${whole(all)} solutions` : `${whole(total)} of ${whole(all)} solutions`}
              {reading.bytes < reading.of &&
                `, ${Math.floor((100 * reading.bytes) / reading.of)} % of the file read so far`}
            </p>
            {total === 0 ? (
              <Notice kind="empty" title="No solution is like that">
                <button type="button" onClick={() => go(linkTo(run, "solutions", { set: query.set }))}>
                  Clear the filters
                </button>
              </Notice>
            ) : (
              <Grid
                label="Solutions"
                columns={COLUMNS}
                listKey={key}
                version={page}
                first={page}
                row={row}
                load={(offset, limit) => source.solutions(run, query, { offset, limit })}
                link={(row) => solutionLink(run, query.set, row)}
                sorting={{
                  by: query.sort,
                  order: query.order,
                  change: (sort, order) => change({ sort: sort as SolutionQuery["sort"], order }),
                }}
                {...(height === undefined ? {} : { height })}
              />
            )}
          </>
        );
      }}
    </Shown>
  );
}

export const solutionLink = (
  run: string,
  set: string,
  { problemId, index }: Pick<SolutionRow, "problemId" | "index">,
) => linkTo(run, "solution", { set, problem: problemId, index });
