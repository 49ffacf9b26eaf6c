/** The states in which there is nothing to show: each says what is going on and what to do. */
import type { ComponentChildren } from "preact";
import type { Loaded } from "../context.js";
import { SourceError } from "../source/source.js";

export function Notice(props: {
  kind: "empty" | "loading" | "partial" | "broken";
  title: string;
  children?: ComponentChildren;
}) {
  const { kind, title, children } = props;
  const sign = { empty: "○", loading: "…", partial: "◐", broken: "!" }[kind];
  return (
    <div class={`notice ${kind}`} role={kind === "broken" ? "alert" : "status"}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <div>
        <strong>{title}</strong>
        {children !== undefined && <div>{children}</div>}
      </div>
    </div>
  );
}

/** What is loaded, or why it is not there. */
export function Shown<T>(props: { of: Loaded<T>; what: string; children: (data: T) => ComponentChildren }) {
  const { of, what, children } = props;
  if (of.state === "loading") return <Notice kind="loading" title={`Loading ${what}`} />;
  if (of.state === "failed") {
    const missing = of.error instanceof SourceError && of.error.missing;
    return (
      <Notice kind={missing ? "empty" : "broken"} title={missing ? "Not here" : `Cannot show ${what}`}>
        <p>{of.error.message}</p>
        <button type="button" onClick={of.again}>
          Try again
        </button>
      </Notice>
    );
  }
  return <div class={of.fresh ? "" : "stale"}>{children(of.data)}</div>;
}
