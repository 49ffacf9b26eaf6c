/** A chart of Observable Plot at the width of its place. Its own style element is left out: the page's sheet has the rules. */
import type { PlotOptions } from "@observablehq/plot";
import { useEffect, useRef, useState } from "preact/hooks";
import { soon } from "./turns.js";

/** Loaded with the first chart: the page is there before it. */
const library = () => import("./plot.js");
export type Library = Awaited<ReturnType<typeof library>>;

interface ChartProps {
  readonly label: string;
  /** Pixels, kept free until the chart is drawn, so that nothing below it moves. */
  readonly height: number;
  /** The marks, made of the library's own. */
  readonly options: (plot: Library, width: number) => PlotOptions;
  /** What the marks are made from: where one of them is another, the chart is drawn anew. */
  readonly from: readonly unknown[];
}

export function Chart(props: ChartProps) {
  const { height, from } = props;
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [failed, setFailed] = useState<Error | null>(null);
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
    let takeBack = () => {};
    let gone = false;
    const fail = (error: unknown) => setFailed(error instanceof Error ? error : new Error(String(error)));
    library().then((plot) => {
      const draw = () => {
        try {
          element.replaceChildren(drawn(plot, width, props));
        } catch (error) {
          fail(error);
        }
      };
      if (!gone) takeBack = soon(draw);
    }, fail);
    return () => {
      gone = true;
      takeBack();
    };
  }, [width, ...from]);
  if (failed !== null) throw failed;
  return <div class="chart" ref={holder} style={{ minHeight: `${height}px` }} />;
}

function drawn(plot: Library, width: number, { label, height, options }: ChartProps): Element {
  const chart = plot.plot({
    width,
    height,
    className: "plot",
    ariaLabel: label,
    ...options(plot, width),
  });
  for (const style of chart.querySelectorAll("style")) style.remove();
  // One picture with one name: what the marks are called is for nobody to hear.
  for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  chart.setAttribute("role", "img");
  return chart;
}
