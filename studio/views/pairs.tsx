/** The table of pairs that were mined. */
import { DIMENSIONS } from "../../src/data/dimensions.js";
import { PairQuery, readQuery, writeQuery } from "../../src/studio/query.js";
import type { PairsPage as Page } from "../../src/studio/schema.js";
import type { RunPageProps } from "../app.js";
import { useLoaded, useSource } from "../context.js";
import { Choice, Search } from "../parts/filters.js";
import { type Column, Grid, PAGE_ROWS } from "../parts/grid.js";
import { whole } from "../parts/numbers.js";
import { DimensionName, Score } from "../parts/signs.js";
import { Notice, Shown } from "../parts/states.js";
import { Plain } from "../parts/text.js";
import { go, linkTo, rowIn } from "../route.js";

type Row = Page["rows"][number];

export function PairsPage({ run, parameters }: RunPageProps) {
  const source = useSource();
  const query = readQuery(PairQuery, parameters);
  const change = (changes: Partial<PairQuery>, how?: { replace?: boolean }) =>
    go(linkTo(run, "pairs", writeQuery(PairQuery, { ...query, ...changes })), how);
  const key = `pairs ${run} ${writeQuery(PairQuery, query)}`;
  const loaded = useLoaded(key, run, [`pairs-${query.kind}.jsonl`, "review.jsonl"], () =>
    source.pairs(run, query, { offset: 0, limit: PAGE_ROWS }),
  );
  return (
    <>
      <h1>Pairs</h1>
      <search class="filters">
        <Search
          label="Search in prompts and both sides"
          value={query.search}
          onChange={(search) => change({ search }, { replace: true })}
        />
        <Choice
          label="Rejected side"
          value={query.kind}
          options={["hard", "random"]}
          names={{ hard: "hard negatives", random: "random negatives" }}
          onChange={(kind) => change({ kind })}
        />
        <Choice
          label="Goes wrong in"
          value={query.dimension}
          options={["any", ...DIMENSIONS]}
          onChange={(dimension) => change({ dimension })}
        />
        <Choice
          label="Review"
          value={query.review}
          options={["any", "open", "rejected", "flagged"]}
          names={{ open: "nothing said", rejected: "pair rejected", flagged: "label flagged" }}
          onChange={(review) => change({ review })}
        />
      </search>
      <Shown of={loaded} what="the pairs">
        {(page) =>
          page.all === 0 ? (
            <Notice kind="empty" title="No pairs yet">
              They are written by the stage “mine”, once the samples are verified.
            </Notice>
          ) : (
            <>
              <p role="status" class="count">
                {page.total === page.all
                  ? `${whole(page.all)} pairs`
                  : `${whole(page.total)} of ${whole(page.all)} pairs`}
              </p>
              {page.total === 0 ? (
                <Notice kind="empty" title="No pair is like that">
                  <button type="button" onClick={() => go(linkTo(run, "pairs"))}>
                    Clear the filters
                  </button>
                </Notice>
              ) : (
                <Grid
                  label="Pairs"
                  columns={columns(page.maxWeight)}
                  listKey={key}
                  version={page}
                  first={page}
                  row={rowIn(parameters)}
                  load={(offset, limit) => source.pairs(run, query, { offset, limit })}
                  link={({ line }) => linkTo(run, "pair", { kind: query.kind, line })}
                  sorting={{
                    by: query.sort,
                    order: query.order,
                    change: (sort, order) => change({ sort: sort as PairQuery["sort"], order }),
                  }}
                />
              )}
            </>
          )
        }
      </Shown>
    </>
  );
}

const columns = (maxWeight: number): readonly Column<Row>[] => [
  {
    name: "id",
    title: "Problem",
    width: "minmax(8rem, 1.2fr)",
    sort: "problem",
    cell: ({ problemId }) => <Plain text={problemId} />,
  },
  {
    name: "dimension",
    title: "Goes wrong in",
    width: "7rem",
    sort: "dimension",
    cell: ({ dimension }) => <DimensionName of={dimension} />,
  },
  {
    name: "w",
    title: "Hardness",
    width: "6.3rem",
    number: true,
    sort: "hardness",
    cell: ({ hardness }) => <Score value={hardness} />,
  },
  {
    name: "a",
    title: "Weight",
    width: "6.3rem",
    number: true,
    sort: "weight",
    cell: ({ weight }) => <Score value={weight} max={maxWeight} />,
  },
  {
    name: "source",
    title: "Chosen, rejected",
    width: "13rem",
    wide: true,
    cell: ({ chosenSource, rejectedSource }) => `${chosenSource}, ${rejectedSource}`,
  },
  {
    name: "mined",
    title: "Review",
    width: "6.5rem",
    cell: ({ rejected, flagged }) => (
      <>
        {rejected && <span class="tag">✗ rejected</span>}
        {flagged && <span class="tag">⚑ flagged</span>}
      </>
    ),
  },
  {
    name: "preview",
    title: "Rejected",
    width: "minmax(3rem, 3fr)",
    cell: ({ preview }) => (
      <bdi>
        <Plain text={preview} />
      </bdi>
    ),
  },
];
