/**
 * Progress on stderr: a bar on a terminal, plain lines every few seconds elsewhere, so that logs stay readable and
 * stdout stays free for results.
 */
import { Presets, SingleBar } from "cli-progress";
import pc from "picocolors";
import type { Progress, Task } from "../recipe/stage.js";

/** Between two plain lines of one task. */
const LINE_MILLISECONDS = 5000;

/** Bars where stderr is a terminal, else lines. */
export function stderrProgress(): Progress {
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  return process.stderr.isTTY ? { start: bar, note } : { start: lines(note), note };
}

function bar(label: string, total: number, unit: string, before = 0): Task {
  const bar = new SingleBar(
    {
      format: `${label} ${pc.cyan("{bar}")} {value}/{total} ${unit}, {rate}, {left} left  {detail}`,
      stream: process.stderr,
      hideCursor: true,
      barsize: 24,
      linewrap: false,
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  const pace = new Pace(total, before);
  bar.start(total, before, { rate: "", left: "?", detail: "" });
  return {
    update(done, detail = "") {
      pace.update(done);
      bar.update(done, { rate: pace.rate(unit), left: pace.left(), detail });
    },
    end: () => bar.stop(),
  };
}

function lines(note: (line: string) => void) {
  return (label: string, total: number, unit: string, before = 0): Task => {
    const pace = new Pace(total, before);
    let shown = performance.now();
    let last = "";
    const tell = (detail: string) => {
      const text = `${label} ${pace.done}/${total} ${unit}, ${pace.rate(unit)}, ${pace.left()} left${detail === "" ? "" : `, ${detail}`}`;
      shown = performance.now();
      note(text);
    };
    return {
      update(done, detail = "") {
        pace.update(done);
        last = detail;
        if (performance.now() - shown >= LINE_MILLISECONDS) tell(detail);
      },
      end: () => tell(last),
    };
  };
}

/** Rate and time left, counted from this process's own work: what an earlier run had done costs nothing now. */
class Pace {
  done: number;
  private readonly begun = performance.now();

  constructor(
    private readonly total: number,
    private readonly before: number,
  ) {
    this.done = before;
  }

  update(done: number): void {
    this.done = done;
  }

  rate(unit: string): string {
    const perSecond = this.perSecond();
    if (perSecond === 0) return `- ${unit}/s`;
    return perSecond >= 1 ? `${perSecond.toFixed(1)} ${unit}/s` : `${(1 / perSecond).toFixed(1)} s each`;
  }

  left(): string {
    const perSecond = this.perSecond();
    return perSecond === 0 ? "?" : duration((this.total - this.done) / perSecond);
  }

  private perSecond(): number {
    return (1000 * (this.done - this.before)) / Math.max(1, performance.now() - this.begun);
  }
}

/** 3725 as "1 h 2 min", 125 as "2 min 5 s", 9.4 as "9 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
