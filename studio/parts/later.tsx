/** A view whose code is loaded when it is first shown, so that the others are there sooner. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Notice } from "./states.js";

export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let View: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [, redraw] = useState(0);
    const [failed, setFailed] = useState<Error | null>(null);
    useEffect(() => {
      if (View !== null) return;
      load().then(
        (loaded) => {
          View = loaded;
          redraw((n) => n + 1);
        },
        (error: unknown) => setFailed(error instanceof Error ? error : new Error(String(error))),
      );
    }, []);
    if (failed !== null) throw failed;
    return View === null ? <Notice kind="loading" title="Loading the view" /> : <View {...props} />;
  };
}
