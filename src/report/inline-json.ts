/** JSON that cannot end its script element, and that is JavaScript as well. */
export function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Bytes that a value takes in a page: of some texts a multiple of their characters. */
export const inlineBytes = (value: unknown): number => Buffer.byteLength(inlineJson(value));
