/** The frame: where one is, the views of a run, light and dark; and the view itself. */
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSource } from "./context.js";
import { later } from "./parts/later.js";
import { Notice } from "./parts/states.js";
import { Theme } from "./parts/theme.js";
import { linkTo, type Route, type RunView, useRoute } from "./route.js";
import { ArmsPage } from "./views/arms.js";
import { MapPage } from "./views/map.js";
import { PairPage } from "./views/pair.js";
import { PairsPage } from "./views/pairs.js";
import { RunPage } from "./views/run.js";
import { RunsPage } from "./views/runs.js";
import { SolutionsPage } from "./views/solutions.js";

const TABS: readonly { view: RunView; title: string; also?: RunView }[] = [
  { view: "run", title: "Run" },
  { view: "solutions", title: "Solutions", also: "solution" },
  { view: "map", title: "Map" },
  { view: "pairs", title: "Pairs", also: "pair" },
  { view: "arms", title: "Arms" },
];

/** These have the verifier in them. */
const PlaygroundPage = later(async () => (await import("./views/playground.js")).PlaygroundPage);
const SolutionPage = later(async () => (await import("./views/solution.js")).SolutionPage);

export interface RunPageProps {
  readonly run: string;
  readonly parameters: URLSearchParams;
}

const PAGES: Readonly<Record<RunView, ComponentType<RunPageProps>>> = {
  run: RunPage,
  solutions: SolutionsPage,
  solution: SolutionPage,
  map: MapPage,
  pairs: PairsPage,
  pair: PairPage,
  arms: ArmsPage,
};

/** The one run of a report. */
const REPORT = "report";

export function App() {
  const { live } = useSource();
  const asked = useRoute();
  // A report is of one run, with which it begins.
  const route = !live && asked.view === "runs" ? ({ ...asked, run: REPORT, view: "run" } as const) : asked;
  const last = useRef<string | null>(live ? null : REPORT);
  if (route.run !== null) last.current = route.run;
  // The playground belongs to no run; the way back to the last one stays.
  const run = route.view === "playground" ? last.current : route.run;
  const main = useRef<HTMLElement>(null);
  const place = `${route.run} ${route.view}`;
  const before = useRef(place);
  useEffect(() => {
    document.title = titleOf(route);
    if (before.current === place) return;
    before.current = place;
    // As after a page's load: reading begins at the top of the new view.
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place, route]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href={live ? "#/" : linkTo(REPORT)}>
          Nearmiss <span>{live ? "studio" : "report"}</span>
        </a>
        {run !== null && live && (
          <span class="crumb">
            <a href="#/">Runs</a> › <a href={linkTo(run)}>{run}</a>
          </span>
        )}
        <nav aria-label="Views">
          {run !== null &&
            TABS.map(({ view, title, also }) => (
              <a
                key={view}
                href={linkTo(run, view)}
                aria-current={route.view === view || route.view === also ? "page" : undefined}
              >
                {title}
              </a>
            ))}
          <a href="#/playground" aria-current={route.view === "playground" ? "page" : undefined}>
            Playground
          </a>
        </nav>
        <Theme />
      </header>
      <div class="offline-note" role="status">
        The studio's server does not answer: what is shown may be old. Start <code>nearmiss studio</code>{" "}
        again.
      </div>
      <div class="renewed-note" role="status">
        The studio was started again since this page was loaded.{" "}
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </div>
      <main id="main" ref={main} tabIndex={-1}>
        <Boundary key={place}>
          <View route={route} />
        </Boundary>
      </main>
    </>
  );
}

function View({ route }: { route: Route }) {
  const { run, view, parameters } = route;
  if (view === "playground") return <PlaygroundPage parameters={parameters} />;
  if (run !== null && view in PAGES) {
    const Page = PAGES[view as RunView];
    return <Page run={run} parameters={parameters} />;
  }
  if (view === "runs") return <RunsPage />;
  return (
    <Notice kind="empty" title="There is no such view">
      <a href="#/">Go to the runs</a>
    </Notice>
  );
}

function titleOf({ run, view }: Route): string {
  return run === null ? "Nearmiss studio" : `${run}: ${view} · Nearmiss studio`;
}

/** A view that fails says so, and leaves the others to be used. */
class Boundary extends Component<{ children: ComponentChildren }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static override getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <Notice kind="broken" title="This view failed">
        <p>{error.message}</p>
        <button type="button" onClick={() => this.setState({ error: null })}>
          Draw it again
        </button>
      </Notice>
    );
  }
}
