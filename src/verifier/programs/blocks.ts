/** Programs that a solution writes down, each with what the solution says it prints. */

/** A stretch of the solution. */
export interface Passage {
  readonly text: string;
  /** Offset of its first character in the solution. */
  readonly start: number;
}

export interface Program {
  readonly code: Passage;
  /** What stands in the block of its output; null where none follows. */
  readonly output: Passage | null;
}

const PYTHON = new Set(["python", "python3", "py"]);
/** A bare block is an output where the words before it say so. */
const BARE = new Set(["", "text", "plaintext", "console"]);
const ANNOUNCES = /^[^`]{0,80}\b(?:outputs?|prints?|results?)\b[^`]{0,40}$/i;

interface Block extends Passage {
  /** The word behind the opening fence, lower-case. */
  readonly language: string;
  /** The words between it and the block before. */
  readonly lead: string;
}

/** The Python blocks of a text between fences of three backticks, in order. A block that is never closed is left out. */
export function programsOf(text: string): Program[] {
  const found = blocks(text);
  return found.flatMap((block, i) => {
    if (!PYTHON.has(block.language)) return [];
    const next = found[i + 1];
    return [{ code: block, output: next !== undefined && isOutput(next) ? next : null }];
  });
}

function isOutput({ language, lead }: Block): boolean {
  const apart = lead.trim();
  if (language === "output") return apart === "" || ANNOUNCES.test(apart);
  return BARE.has(language) && ANNOUNCES.test(apart);
}

function blocks(text: string): Block[] {
  const parts = text.split("```");
  const out: Block[] = [];
  let start = 0;
  for (const [i, part] of parts.entries()) {
    const line = part.indexOf("\n");
    if (i % 2 === 1 && i + 1 < parts.length && line >= 0) {
      const language = part.slice(0, line).trim().toLowerCase();
      out.push({ language, lead: parts[i - 1] ?? "", text: part.slice(line + 1), start: start + line + 1 });
    }
    start += part.length + 3;
  }
  return out;
}
