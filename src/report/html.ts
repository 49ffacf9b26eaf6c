/** HTML as a value: text put into the template is escaped unless it is HTML already. */

export class Html {
  constructor(readonly source: string) {}
  toString(): string {
    return this.source;
  }
}

type Part = string | number | Html | readonly Html[];

/** `html\`<p>${text}</p>\``: everything but {@link Html} is escaped, in text and in quoted attributes alike. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(render)));
}

/** Markup from a trusted maker, such as a chart's SVG. */
export const trusted = (source: string): Html => new Html(source);

function render(part: Part): string {
  if (part instanceof Html) return part.source;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map((item) => item.source).join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
