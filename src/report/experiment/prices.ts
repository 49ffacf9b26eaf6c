import type { Report } from "../schema.js";
import type { Grid } from "./page.js";

/** The stages that judge and mine: the overhead of the method over plain DPO. */
const OVERHEAD = ["verify", "mine"];

/** Seconds and tokens of each stage, summed over runs, and the share of judging and mining in all. */
export function pricesOf(reports: readonly Report[]): Grid {
  const names = [...new Set(reports.flatMap(({ stages }) => stages.map(({ name }) => name)))];
  const sum = (name: string, of: "seconds" | "tokens") =>
    reports.reduce((all, { stages }) => all + (stages.find((s) => s.name === name)?.[of] ?? 0), 0);
  const whole = names.reduce((all, name) => all + sum(name, "seconds"), 0);
  const overhead = OVERHEAD.reduce((all, name) => all + sum(name, "seconds"), 0);
  const share = (seconds: number) => `${((100 * seconds) / Math.max(whole, 1e-9)).toFixed(2)} %`;
  const row = (name: string, seconds: number, tokens: number) => [
    name,
    seconds.toFixed(1),
    share(seconds),
    tokens === 0 ? "" : tokens.toLocaleString("en"),
    tokens === 0 ? "" : (tokens / Math.max(seconds, 1e-9)).toFixed(0),
  ];
  return {
    header: ["Stage", "Seconds", "Share", "Tokens", "Tokens a second"],
    rows: [
      ...names.map((name) => row(name, sum(name, "seconds"), sum(name, "tokens"))),
      row("all", whole, 0),
      row("verify and mine together", overhead, 0),
    ],
  };
}
