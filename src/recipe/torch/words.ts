/** A command as one text, to its words: no shell ever reads it. */
import { NearmissError } from "../../errors.js";

/** A word in double quotes, in single quotes, or bare; the parts of `a"b c"` are one word. */
const PART = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/sy;

/**
 * The words of a command line, as a POSIX shell would cut it, but with nothing expanded.
 * @throws NearmissError where a quotation mark is not closed
 */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < command.length; ) {
    if (/\s/.test(command[at] ?? "")) {
      if (word !== null) words.push(word);
      word = null;
      at++;
      continue;
    }
    PART.lastIndex = at;
    const match = PART.exec(command);
    if (match === null) {
      throw new NearmissError(
        `The command ${JSON.stringify(command)} ends within quotation marks or after a backslash. Close them.`,
        { exitCode: 2 },
      );
    }
    const [whole, double, single, bare = ""] = match;
    word = (word ?? "") + (single ?? (double ?? bare).replace(/\\(.)/gs, "$1"));
    at += whole.length;
  }
  return word === null ? words : [...words, word];
}
