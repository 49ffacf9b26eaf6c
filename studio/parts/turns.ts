/** Work that need not be done at once, in turns: after each short while of it the page may answer to keys and draw. */

/** A turn ends after the job in which this has passed. */
const TURN_MILLISECONDS = 12;

const waiting = new Set<() => void>();
let going = false;

/**
 * Does a job soon, after those that were asked for before it.
 * @returns the function that takes the job back where it is not done yet
 */
export function soon(job: () => void): () => void {
  // A job of its own, though the same function may be given twice
  const own = () => job();
  waiting.add(own);
  if (!going) {
    going = true;
    setTimeout(turn);
  }
  return () => void waiting.delete(own);
}

function turn(): void {
  const end = performance.now() + TURN_MILLISECONDS;
  try {
    for (const job of waiting) {
      waiting.delete(job);
      job();
      if (performance.now() >= end) break;
    }
  } finally {
    // A job that throws does not keep the others from their turn.
    going = waiting.size > 0;
    if (going) setTimeout(turn);
  }
}
