/** The links of a folder of pages that lead to nothing in it. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseHTML } from "linkedom";

const PLACES: Readonly<Record<string, string>> = { a: "href", link: "href", img: "src", script: "src" };

interface Page {
  readonly links: readonly string[];
  readonly ids: ReadonlySet<string>;
}

/** A line for each link to a file that is not there, or to a place that its page does not have. Other hosts are not asked. */
export async function brokenLinks(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const pages = new Map<string, Page>();
  for (const name of names.filter((name) => name.endsWith(".html")).sort()) {
    const path = resolve(folder, name);
    pages.set(path, pageOf(await readFile(path, "utf8")));
  }
  const show = (path: string) => relative(resolve(folder), path);
  return [...pages].flatMap(([path, { links }]) =>
    links.flatMap((link) => {
      const [file = "", place = ""] = link.split("#").map(decodeURIComponent);
      const target = file === "" ? path : join(dirname(path), file);
      if (!existsSync(target)) return [`${show(path)}: ${link} leads to no file`];
      const page = pages.get(target);
      if (place === "" || page === undefined || page.ids.has(place)) return [];
      return [`${show(path)}: ${link} names a place that ${show(target)} does not have`];
    }),
  );
}

function pageOf(html: string): Page {
  const { document } = parseHTML(html);
  const links = Object.entries(PLACES).flatMap(([tag, attribute]) =>
    [...document.querySelectorAll(tag)].flatMap((element) => element.getAttribute(attribute) ?? []),
  );
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  return { links: links.filter((link) => !/^([a-z]+:|\/\/)/i.test(link)), ids: new Set(ids) };
}
