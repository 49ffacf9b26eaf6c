/** Training curves, the arms of a stage over each other: raw and smoothed, each line with its name at its end. */
import type { PlotOptions } from "@observablehq/plot";
import { useState } from "preact/hooks";
import type { Curves as CurvesData } from "../../src/studio/schema.js";
import { armLook } from "./arms.js";
import { Chart, type Library } from "./chart.js";
import { Notice } from "./states.js";

type Curve = CurvesData["curves"][number];

const METRICS = [
  ["loss", "Loss"],
  ["rewards/margins", "Reward margin"],
  ["rewards/accuracies", "Pairs ranked right"],
  ["logps/chosen", "Log-probability of the chosen side"],
  ["logps/rejected", "Log-probability of the rejected side"],
  ["grad_norm", "Gradient norm"],
] as const;

const STAGES: Readonly<Record<string, string>> = { sft: "SFT", dpo: "DPO" };

export function Curves({ of: { curves } }: { of: CurvesData }) {
  const [smoothing, setSmoothing] = useState(0.6);
  if (curves.length === 0) {
    return (
      <Notice kind="empty" title="No training step yet">
        Curves appear here with the first step of SFT or DPO.
      </Notice>
    );
  }
  const stages = [...new Set(curves.map(({ stage }) => stage))];
  return (
    <>
      <label class="field slider">
        <span>Smoothing: {smoothing.toFixed(2)} (thin lines are the raw values)</span>
        <input
          type="range"
          min={0}
          max={0.95}
          step={0.05}
          value={smoothing}
          onInput={(event) => setSmoothing(event.currentTarget.valueAsNumber)}
        />
      </label>
      {stages.map((stage) => {
        const own = curves.filter((curve) => curve.stage === stage);
        const shown = METRICS.filter(([metric]) => own.some(({ metrics }) => metric in metrics));
        return (
          <div key={stage}>
            <h3>{STAGES[stage] ?? stage}</h3>
            <div class="charts">
              {shown.map(([metric, title]) => (
                <figure key={metric}>
                  <figcaption>{title}</figcaption>
                  <Chart
                    label={`${title} over the steps of ${stage}`}
                    height={220}
                    from={[curves, smoothing]}
                    options={(plot) => curveChart(plot, own, metric, smoothing)}
                  />
                </figure>
              ))}
            </div>
          </div>
        );
      })}
    </>
  );
}

/** At most some six steps, whole numbers, to be named along the axis. */
function wholeTicks(points: readonly Point[]): number[] {
  const steps = points.map(({ step }) => step);
  const [low, high] = [Math.min(...steps), Math.max(...steps)];
  const stride = Math.max(1, Math.ceil((high - low) / 5));
  return Array.from({ length: Math.floor((high - low) / stride) + 1 }, (_, i) => low + i * stride);
}

interface Point {
  readonly arm: string;
  readonly step: number;
  readonly raw: number;
  readonly value: number;
}

/** An exponential mean, corrected for its beginning as Adam's is. */
function smoothed({ arm, steps, metrics }: Curve, metric: string, smoothing: number): Point[] {
  let mean = 0;
  let weight = 0;
  return steps.flatMap((step, i) => {
    const raw = metrics[metric]?.[i] ?? null;
    if (raw === null) return [];
    mean = smoothing * mean + (1 - smoothing) * raw;
    weight = smoothing * weight + (1 - smoothing);
    return [{ arm, step, raw, value: mean / weight }];
  });
}

function curveChart(plot: Library, curves: readonly Curve[], metric: string, smoothing: number): PlotOptions {
  const lines = curves
    .map((curve) => smoothed(curve, metric, smoothing))
    .filter((points) => points.length > 0);
  const ends = placed(lines.flatMap((points) => points.slice(-1)));
  const first = lines.flat()[0];
  const single = lines.every((points) => points.length === 1);
  return {
    marginLeft: 56,
    marginRight: 100,
    marginBottom: 36,
    x: {
      label: "step",
      ticks: wholeTicks(lines.flat()),
      tickFormat: "d",
      ...(single && first !== undefined ? { domain: [0, 2 * first.step] } : {}),
    },
    y: { label: null, grid: true, ticks: 5, nice: true },
    marks: [
      ...lines.flatMap((points) => {
        const { colour, dash } = armLook(points[0]?.arm ?? "");
        const look = { x: "step", stroke: colour, strokeDasharray: dash };
        return [
          plot.line(points, {
            ...look,
            y: "raw",
            strokeWidth: 0.75,
            strokeOpacity: 0.5,
            strokeDasharray: "none",
          }),
          points.length > 1
            ? plot.line(points, { ...look, y: "value", strokeWidth: 2 })
            : plot.dot(points, { x: "step", y: "value", fill: colour, r: 3 }),
        ];
      }),
      ...ends.map(({ point, shift }) =>
        plot.text([point], {
          x: "step",
          y: "value",
          text: "arm",
          fill: armLook(point.arm).colour,
          textAnchor: "start",
          dx: 6,
          dy: shift,
        }),
      ),
      plot.tip(lines.flat(), plot.pointer({ x: "step", y: "value", title: tipOf })),
    ],
  };
}

const tipOf = ({ arm, step, raw, value }: Point) =>
  `${arm}, step ${step}\n${raw.toPrecision(4)} (smoothed ${value.toPrecision(4)})`;

/** Names at the ends of lines, moved apart where lines end close together. */
function placed(ends: readonly Point[]): { point: Point; shift: number }[] {
  const sorted = [...ends].sort((a, b) => b.value - a.value);
  const middle = (sorted.length - 1) / 2;
  return sorted.map((point, i) => ({ point, shift: 11 * (i - middle) }));
}
