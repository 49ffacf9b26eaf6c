/** The page's beginning: a report's own data where they are inlined, else the server's. */
import "./jitless.js";
import { render } from "preact";
import { App } from "./app.js";
import { announce, SourceContext } from "./context.js";
import { inlineSource } from "./source/inline.js";
import { live } from "./source/live.js";
import "./style/index.css";

const data = document.getElementById("nearmiss-data")?.textContent ?? null;
const source = data === null ? live : inlineSource(data);
const root = document.getElementById("app");

if (root !== null) {
  root.replaceChildren();
  source.listen((changes) => {
    document.documentElement.classList.toggle("offline", changes === null);
    if (changes !== null) announce(changes);
  });
  render(
    <SourceContext.Provider value={source}>
      <App />
    </SourceContext.Provider>,
    root,
  );
}
