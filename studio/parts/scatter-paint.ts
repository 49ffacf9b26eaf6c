/** Draws the map's axes and marks on a canvas, at the screen's own resolution. */
import type { MapView } from "../../src/studio/schema.js";

const MARGIN = { left: 44, right: 14, top: 10, bottom: 40 };

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** From scores to pixels, and back. */
  readonly x: (w: number) => number;
  readonly y: (a: number) => number;
  readonly w: (x: number) => number;
  readonly a: (y: number) => number;
}

export function frameOf(width: number): Frame {
  const height = Math.round(Math.min(460, Math.max(260, 0.72 * width)));
  const [inner, tall] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  return {
    width,
    height,
    x: (w) => MARGIN.left + w * inner,
    y: (a) => MARGIN.top + (1 - a) * tall,
    w: (x) => (x - MARGIN.left) / inner,
    a: (y) => 1 - (y - MARGIN.top) / tall,
  };
}

const COLOURS = ["--right", "--wrong", "--mined", "--muted"] as const;

export function paint(canvas: HTMLCanvasElement, map: MapView, frame: Frame): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(frame.width * ratio);
  canvas.height = Math.round(frame.height * ratio);
  canvas.style.width = `${frame.width}px`;
  canvas.style.height = `${frame.height}px`;
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  // A canvas takes no light-dark(): the browser says which of the two a colour is here.
  const colour = (name: string) => {
    canvas.style.color = `var(${name})`;
    return style.color;
  };
  axes(context, frame, colour("--muted"), colour("--line"), style.fontFamily);
  if (map.side > 0) cells(context, map, frame, COLOURS.map(colour));
  else marks(context, map, frame, COLOURS.map(colour));
}

function axes(c: CanvasRenderingContext2D, frame: Frame, text: string, line: string, font: string): void {
  c.font = `12px ${font}`;
  c.fillStyle = text;
  c.strokeStyle = line;
  c.lineWidth = 1;
  for (const tick of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    const [x, y] = [Math.round(frame.x(tick)) + 0.5, Math.round(frame.y(tick)) + 0.5];
    c.beginPath();
    c.moveTo(x, frame.y(0));
    c.lineTo(x, frame.y(1));
    c.moveTo(frame.x(0), y);
    c.lineTo(frame.x(1), y);
    c.stroke();
    c.textAlign = "center";
    c.fillText(String(tick), x, frame.y(0) + 16);
    c.textAlign = "right";
    c.fillText(String(tick), frame.x(0) - 6, y + 4);
  }
  c.textAlign = "right";
  c.fillText("wrongness →", frame.x(1), frame.height - 6);
  c.save();
  c.translate(12, frame.y(1));
  c.rotate(-Math.PI / 2);
  c.fillText("absurdity →", 0, 0);
  c.restore();
}

/** A kind is told by its shape as well: circle, cross, square, triangle. */
function marks(
  c: CanvasRenderingContext2D,
  { points }: MapView,
  frame: Frame,
  colours: readonly string[],
): void {
  const size = points.length > 1500 ? 2.2 : 3.4;
  c.lineWidth = 1.3;
  c.globalAlpha = points.length > 1500 ? 0.55 : 0.85;
  for (const kind of [0, 1, 3, 2]) {
    c.strokeStyle = colours[kind] ?? "";
    c.beginPath();
    for (const [w, a, own] of points) {
      if (own !== kind) continue;
      const [x, y] = [frame.x(w), frame.y(a)];
      if (kind === 0) {
        c.moveTo(x + size, y);
        c.arc(x, y, size, 0, 7);
      } else if (kind === 1) {
        c.moveTo(x - size, y - size);
        c.lineTo(x + size, y + size);
        c.moveTo(x + size, y - size);
        c.lineTo(x - size, y + size);
      } else if (kind === 2) c.rect(x - size, y - size, 2 * size, 2 * size);
      else {
        c.moveTo(x, y - size);
        c.lineTo(x + size, y + size);
        c.lineTo(x - size, y + size);
        c.closePath();
      }
    }
    c.stroke();
  }
  c.globalAlpha = 1;
}

function cells(
  c: CanvasRenderingContext2D,
  { cells, side }: MapView,
  frame: Frame,
  colours: readonly string[],
): void {
  const most = Math.max(...cells.map(([, , own]) => sum(own)));
  for (const [column, row, own] of cells) {
    const main = own.indexOf(Math.max(...own));
    c.fillStyle = colours[main] ?? "";
    c.globalAlpha = 0.18 + 0.82 * (Math.log1p(sum(own)) / Math.log1p(most));
    const [x, y] = [frame.x(column / side), frame.y((row + 1) / side)];
    c.fillRect(x, y, frame.x((column + 1) / side) - x - 0.5, frame.y(row / side) - y - 0.5);
  }
  c.globalAlpha = 1;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
