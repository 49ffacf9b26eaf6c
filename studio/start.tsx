/** Draws the page over a source of data. */
import { render } from "preact";
import { App } from "./app.js";
import { announce, SourceContext } from "./context.js";
import type { Source } from "./source/source.js";

export function start(source: Source): void {
  const root = document.getElementById("app");
  if (root === null) return;
  root.replaceChildren();
  source.listen((news) => {
    const { classList } = document.documentElement;
    classList.toggle("offline", news === "gone");
    if (news === "renewed") classList.add("renewed");
    if (typeof news !== "string") announce(news);
  });
  render(
    <SourceContext.Provider value={source}>
      <App />
    </SourceContext.Provider>,
    root,
  );
}
