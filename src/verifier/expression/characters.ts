/** Classes of characters, told by their code: the lexer asks for every one that it reads. */

type CharClass = "space" | "line" | "digit" | "letter" | "other";

/** The class of a UTF-16 code unit, or of the NaN behind the end. */
export function classOf(code: number): CharClass {
  if (code < 0x80) return ASCII[code] ?? "other";
  if (code === 0xa0 || code === 0x202f || code === 0x2009) return "space";
  // Unicode's own line and paragraph separators.
  if (code === 0x2028 || code === 0x2029) return "line";
  return code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7 ? "letter" : "other";
}

const ASCII: readonly CharClass[] = Array.from({ length: 0x80 }, (_, code) => {
  const c = String.fromCharCode(code);
  if (c === " " || c === "\t" || c === "\r") return "space";
  if (c === "\n") return "line";
  if (c >= "0" && c <= "9") return "digit";
  return /[a-zA-Z]/.test(c) ? "letter" : "other";
});

export const isDigitAt = (text: string, i: number): boolean => classOf(text.charCodeAt(i)) === "digit";
export const isSpaceAt = (text: string, i: number): boolean => classOf(text.charCodeAt(i)) === "space";
export const isLetterAt = (text: string, i: number): boolean => classOf(text.charCodeAt(i)) === "letter";

/** Index behind the letters that begin at `i`. */
export function lettersEnd(text: string, i: number): number {
  let j = i;
  while (isLetterAt(text, j)) j++;
  return j;
}
