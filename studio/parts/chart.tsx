/** A chart of Observable Plot at the width of its place. Its own style element is left out: the page's sheet has the rules. */
import * as Plot from "@observablehq/plot";
import { useEffect, useRef, useState } from "preact/hooks";

export function Chart(props: { label: string; options: (width: number) => Plot.PlotOptions }) {
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = holder.current;
    if (element === null || width < 50) return;
    const plot = Plot.plot({ width, className: "plot", ariaLabel: props.label, ...props.options(width) });
    for (const style of plot.querySelectorAll("style")) style.remove();
    // One picture with one name: what the marks are called is for nobody to hear.
    for (const part of plot.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
    plot.setAttribute("role", "img");
    element.replaceChildren(plot);
  });
  return <div class="chart" ref={holder} />;
}
