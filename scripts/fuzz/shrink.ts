/** A failing case cut down, as long as it still fails in the same way. */
import type { Texts } from "./properties.js";

/** Inputs that are tried, and for how long: a slow one takes its time each time. */
const MAX_TRIES = 300;
const MAX_SECONDS = 30;

/** Cuts pieces out of the texts, half of a text first, as long as `fails` says yes. */
export function shrink(made: Texts, fails: (texts: Texts) => boolean): Texts {
  const few = onlyNeeded(made, fails);
  let best = [few.question, few.solution, few.reference, ...few.answers];
  const until = performance.now() + 1000 * MAX_SECONDS;
  let tries = 0;
  for (let which = 0; which < best.length; which++) {
    for (let size = best[which]?.length ?? 0; size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < (best[which]?.length ?? 0); tries++) {
        if (tries >= MAX_TRIES || performance.now() > until) return joined(best);
        const text = best[which] ?? "";
        const tried = best.with(which, text.slice(0, at) + text.slice(at + size));
        if (fails(joined(tried))) best = tried;
        else at += size;
      }
    }
  }
  return joined(best);
}

function joined([question = "", solution = "", reference = "", ...answers]: readonly string[]): Texts {
  return { question, solution, reference, answers };
}

/** The same with no answers, or with two neighbours alone, where that is enough. */
function onlyNeeded(made: Texts, fails: (texts: Texts) => boolean): Texts {
  const pairs = made.answers.map((_, i) => made.answers.slice(i, i + 2));
  const enough = [[], ...pairs].find((answers) => fails({ ...made, answers }));
  return enough === undefined ? made : { ...made, answers: enough };
}
