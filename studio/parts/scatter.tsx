/** The map's picture: marks on a canvas (thousands of them), the box and the region above it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { KINDS } from "../../src/studio/map.js";
import type { MapView } from "../../src/studio/schema.js";
import { whole } from "./numbers.js";
import { type Frame, frameOf, paint } from "./scatter-paint.js";

export interface Box {
  readonly wMin: number;
  readonly wMax: number;
  readonly aMin: number;
  readonly aMax: number;
}

/** A drag shorter than this is a click. */
const CLICK_PIXELS = 5;
const REACH_PIXELS = 9;
const WORDS: Readonly<Record<(typeof KINDS)[number], string>> = {
  right: "right",
  wrong: "wrong",
  mined: "mined as a rejected side",
  "no reference": "no reference",
};

export function Scatter(props: {
  map: MapView;
  box: Box | null;
  onBox: (box: Box | null) => void;
  onOpen: (problemId: string, index: number) => void;
}) {
  const { map, box, onBox, onOpen } = props;
  const holder = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [drag, setDrag] = useState<{ x1: number; y1: number; x2: number; y2: number } | null>(null);
  const frame = frameOf(width);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || width === 0) return;
    const draw = () => paint(element, map, frame);
    draw();
    // Paper is light: what is drawn for a dark screen is drawn anew.
    const media = ["(prefers-color-scheme: dark)", "print"].map((condition) => matchMedia(condition));
    for (const one of media) one.addEventListener("change", draw);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      for (const one of media) one.removeEventListener("change", draw);
      theme.disconnect();
    };
  }, [map, width]);

  const place = (event: PointerEvent) => {
    const area = canvas.current?.getBoundingClientRect();
    return { x: event.clientX - (area?.left ?? 0), y: event.clientY - (area?.top ?? 0) };
  };
  const end = (event: PointerEvent) => {
    if (drag === null) return;
    setDrag(null);
    const { x, y } = place(event);
    if (Math.hypot(x - drag.x1, y - drag.y1) < CLICK_PIXELS) {
      const hit = nearest(map, frame, x, y);
      if (hit !== null) onOpen(...hit);
      else if (box !== null) onBox(null);
      return;
    }
    const round = (value: number) => Math.round(100 * Math.min(1, Math.max(0, value))) / 100;
    const [wMin = 0, wMax = 1] = [frame.w(drag.x1), frame.w(x)].map(round).sort((a, b) => a - b);
    const [aMin = 0, aMax = 1] = [frame.a(drag.y1), frame.a(y)].map(round).sort((a, b) => a - b);
    onBox({ wMin, wMax, aMin, aMax });
  };

  const shown =
    drag !== null
      ? {
          left: Math.min(drag.x1, drag.x2),
          top: Math.min(drag.y1, drag.y2),
          width: Math.abs(drag.x2 - drag.x1),
          height: Math.abs(drag.y2 - drag.y1),
        }
      : box === null
        ? null
        : rectangle(frame, box);
  const region =
    map.region === null
      ? null
      : rectangle(frame, { wMin: map.region.tauW, wMax: 1, aMin: 0, aMax: map.region.tauA });
  return (
    <div class="scatter" ref={holder}>
      <ul class="legend">
        {KINDS.filter((_, kind) => counts(map)[kind] !== 0).map((kind) => (
          <li key={kind}>
            <svg
              width="14"
              height="14"
              viewBox="0 0 14 14"
              aria-hidden="true"
              class={`mark-${kind.replace(" ", "-")}`}
            >
              {kind === "right" && <circle cx="7" cy="7" r="4" />}
              {kind === "wrong" && <path d="M3,3L11,11M11,3L3,11" />}
              {kind === "mined" && <rect x="3" y="3" width="8" height="8" />}
              {kind === "no reference" && <path d="M7,2L12,12L2,12Z" />}
            </svg>
            {WORDS[kind]} ({whole(counts(map)[KINDS.indexOf(kind)] ?? 0)})
          </li>
        ))}
        {map.region !== null && (
          <li>
            <span class="swatch region-fill" aria-hidden="true" /> may be mined: wrongness from{" "}
            {map.region.tauW}, absurdity up to {map.region.tauA}
          </li>
        )}
      </ul>
      <div class="scatter-area" style={{ height: `${frame.height}px` }}>
        {region !== null && <div class="region" style={pixels(region)} />}
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Map of ${map.total - map.unjudged} solutions: wrongness to the right, absurdity upwards. The table below lists them; its fields filter by ranges.`}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const { x, y } = place(event);
            setDrag({ x1: x, y1: y, x2: x, y2: y });
          }}
          onPointerMove={(event) => {
            const { x, y } = place(event);
            if (drag !== null) setDrag({ ...drag, x2: x, y2: y });
          }}
          onPointerUp={end}
          onPointerCancel={() => setDrag(null)}
        />
        {shown !== null && <div class="box" style={pixels(shown)} />}
      </div>
      <p class="muted">
        {map.side > 0
          ? `Too many to draw one by one: ${map.side} × ${map.side} cells, the darker the more; a cell has the colour of the kind that most of it is. `
          : "Click a mark to open its solution. "}
        Drag to draw a box: it filters the table below.
      </p>
    </div>
  );
}

function counts({ points, cells }: MapView): number[] {
  const sums = KINDS.map(() => 0);
  for (const [, , kind] of points) sums[kind] = (sums[kind] ?? 0) + 1;
  for (const [, , own] of cells) for (const [kind, n] of own.entries()) sums[kind] = (sums[kind] ?? 0) + n;
  return sums;
}

interface Rectangle {
  left: number;
  top: number;
  width: number;
  height: number;
}

function rectangle(frame: Frame, { wMin, wMax, aMin, aMax }: Box): Rectangle {
  const [left, right, top, bottom] = [frame.x(wMin), frame.x(wMax), frame.y(aMax), frame.y(aMin)];
  return { left, top, width: right - left, height: bottom - top };
}

const pixels = (r: Rectangle) => ({
  left: `${r.left}px`,
  top: `${r.top}px`,
  width: `${r.width}px`,
  height: `${r.height}px`,
});

function nearest({ points, names }: MapView, frame: Frame, x: number, y: number) {
  let best = REACH_PIXELS;
  let found: MapView["names"][number] | null = null;
  for (const [i, [w, a]] of points.entries()) {
    const distance = Math.hypot(frame.x(w) - x, frame.y(a) - y);
    if (distance < best) {
      best = distance;
      found = names[i] ?? null;
    }
  }
  return found;
}
