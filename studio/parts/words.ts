/** What differs between two texts, word by word. Pure. */

export interface WordRun {
  readonly text: string;
  /** Only in this text. */
  readonly own: boolean;
}

/** Cells of the table of common subsequences: beyond it two texts are shown without their differences. */
const MAX_CELLS = 4_000_000;

/** Words, numbers with the marks inside them, blanks, and each other mark: a full stop is no part of the number before it. */
const wordsOf = (text: string): string[] =>
  text.match(/\s+|\p{L}+|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{L}\p{N}]/gu) ?? [];

/** Both texts in runs of words that they share and words of their own; null where they are too long to compare. */
export function wordDifference(a: string, b: string): { a: WordRun[]; b: WordRun[] } | null {
  const [x, y] = [wordsOf(a), wordsOf(b)];
  const width = y.length + 1;
  if ((x.length + 1) * width > MAX_CELLS) return null;
  // common[i, j]: length of the longest common subsequence of x from i and y from j.
  const common = new Uint16Array((x.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      common[i * width + j] = x[i] === y[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const [ownX, ownY] = [x.map(() => true), y.map(() => true)];
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    if (x[i] === y[j]) {
      ownX[i++] = false;
      ownY[j++] = false;
    } else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return { a: runsOf(x, ownX), b: runsOf(y, ownY) };
}

function runsOf(words: readonly string[], own: readonly boolean[]): WordRun[] {
  const runs: { text: string; own: boolean }[] = [];
  for (const [i, text] of words.entries()) {
    const last = runs.at(-1);
    if (last !== undefined && last.own === own[i]) last.text += text;
    else runs.push({ text, own: own[i] ?? false });
  }
  return runs;
}
