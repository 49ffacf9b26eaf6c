/** The studio's server: the built page, the views of each run as JSON, changes as events, reviews. */
import { randomBytes } from "node:crypto";
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { z } from "zod";
import type { Review } from "../../data/review.js";
import { appendReview, REVIEW_FILE } from "../../data/review-file.js";
import { NearmissError } from "../../errors.js";
import { armsView } from "../arms.js";
import type { FolderRecords } from "../folder/folder.js";
import { pairsPage, pairView } from "../pairs.js";
import { PairQuery, readQuery, Slice, SolutionQuery } from "../query.js";
import { ReviewRequest } from "../schema.js";
import { mapView, solutionsPage, solutionView } from "../solutions.js";
import { guard, headers } from "./guard.js";
import { pageFiles } from "./page-files.js";
import { type Playground, playgroundRoutes, WORKER } from "./playground.js";
import type { Runs } from "./runs.js";
import { RunWatcher } from "./watch.js";

/** A heartbeat keeps the line open, and shows a page whose server is gone that it is. */
const HEARTBEAT_MILLISECONDS = 15_000;
/** A review is a few words. */
const MAX_BODY = 16 * 2 ** 10;

export interface StudioOptions {
  readonly runs: Runs;
  /** The port that the server listens on, known once it does. */
  readonly port: () => number;
  readonly playground: Playground;
}

const At = z.object({ problem: z.string(), index: z.coerce.number().int().min(0).catch(0) });
const Line = z.object({ kind: z.enum(["hard", "random"]), line: z.coerce.number().int().min(0) });

export function studioApp({ runs, port, playground }: StudioOptions): { app: Hono; close: () => void } {
  const token = randomBytes(24).toString("base64url");
  /** By which a page knows this server from a later one at the same address. */
  const server = randomBytes(8).toString("hex");
  const watcher = new RunWatcher(runs);
  const app = new Hono();
  app.use(headers(`/${WORKER}`));
  app.use(guard(token, port));
  app.onError((error, c) => {
    // A body that is no JSON, or not of the form, is the asker's mistake.
    const known = [NearmissError, z.ZodError, SyntaxError].some((kind) => error instanceof kind);
    return c.json(
      { error: known ? error.message : `The server failed: ${error.message}` },
      known ? 400 : 500,
    );
  });

  const files = pageFiles();
  const page =
    files
      .get("index.html")
      ?.body.toString("utf8")
      .replace("{{token}}", token)
      .replace("{{server}}", server) ?? "";
  app.get("/", (c) => c.html(page));
  for (const [name, { type, body }] of files) {
    if (name !== "index.html")
      app.get(`/${name}`, (c) => c.body(new Uint8Array(body), 200, { "content-type": type }));
  }

  app.get("/api/runs", async (c) => c.json({ runs: await runs.list(), places: runs.places }));
  app.get("/api/events", (c) =>
    streamSSE(c, async (stream) => {
      let gone = false;
      const end = watcher.listen(
        (changes) => void stream.writeSSE({ event: "change", data: JSON.stringify(changes) }),
      );
      stream.onAbort(() => {
        gone = true;
        end();
      });
      while (!gone) {
        await stream.writeSSE({ event: "alive", data: server });
        await stream.sleep(HEARTBEAT_MILLISECONDS);
      }
    }),
  );

  /** A view of one run. Null: there is no such thing in it. */
  const view = (
    name: string,
    make: (records: FolderRecords, parameters: URLSearchParams) => Promise<unknown>,
  ) =>
    app.get(`/api/runs/:run/${name}`, async (c) => {
      const records = runs.get(c.req.param("run") ?? "");
      if (records === undefined) return noRun(c);
      const found = await make(records, new URL(c.req.url).searchParams);
      return found === null
        ? c.json({ error: "There is no such thing in this run (any more)." }, 404)
        : c.json(found);
    });
  view("overview", (records) => records.overview());
  view("sets", (records) => records.setNames());
  view("curves", (records) => records.curves());
  view("solutions", (records, p) => solutionsPage(records, readQuery(SolutionQuery, p), readQuery(Slice, p)));
  view("map", (records, p) => mapView(records, readQuery(SolutionQuery, p)));
  view("solution", (records, p) => {
    const { problem, index } = readQuery(At, p);
    return solutionView(records, readQuery(SolutionQuery, p).set, problem, index);
  });
  view("pairs", (records, p) => pairsPage(records, readQuery(PairQuery, p), readQuery(Slice, p)));
  view("pair", (records, p) => {
    const { kind, line } = readQuery(Line, p);
    return pairView(records, kind, line);
  });
  view("arms", armsView);

  app.post("/api/runs/:run/review", async (c) => {
    const records = runs.get(c.req.param("run"));
    if (records === undefined) return noRun(c);
    const text = await c.req.text();
    if (text.length > MAX_BODY) return c.json({ error: "The review is too long." }, 413);
    const review = await reviewOf(records, ReviewRequest.parse(JSON.parse(text)));
    if (review === null) return c.json({ error: "The pairs have changed: reload the page." }, 409);
    appendReview(`${records.folder}/${REVIEW_FILE}`, review);
    return c.json({ saved: true });
  });

  app.route("/", playgroundRoutes(playground));
  app.notFound((c) => c.json({ error: "There is nothing here." }, 404));
  return { app, close: () => watcher.close() };
}

const noRun = (c: Context) => c.json({ error: "There is no such run folder (any more)." }, 404);

/** The review as it is kept: a pair by its texts. Null where the pair is not there. */
async function reviewOf(records: FolderRecords, request: ReviewRequest): Promise<Review | null> {
  const at = new Date().toISOString();
  const { withdrawn } = request;
  const note = request.note === undefined ? {} : { note: request.note };
  if (request.kind === "flag-label") {
    const { kind, problemId } = request;
    const known = (await records.problems("samples")).has(problemId);
    return known ? { kind, problemId, withdrawn, at, ...note } : null;
  }
  const pair = (await records.pairs(request.pairs))[request.line];
  if (pair === undefined || pair.problemId !== request.problemId) return null;
  const { problemId, chosen, rejected } = pair;
  return { kind: request.kind, problemId, chosen, rejected, withdrawn, at, ...note };
}
