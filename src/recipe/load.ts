/** A recipe file, with overrides from the command line, to a checked {@link Recipe}; or all its mistakes at once. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, extname, resolve } from "node:path";
import { type Document, isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { fileError } from "../data/folder.js";
import { NearmissError } from "../errors.js";
import { listMistakes, type Mistake, mistakesOf } from "./mistakes.js";
import { Recipe } from "./schema.js";
import { inheritSeed } from "./seed.js";
import { applySetting } from "./settings.js";

export interface Overrides {
  /** In place of the recipe's `model`. */
  readonly model?: string;
  /** `a.b=value` each, the value in YAML. */
  readonly set?: readonly string[];
}

/**
 * Reads a recipe. Relative paths in it are relative to its own folder; `${name}` stands for `variables.name`.
 * @throws NearmissError (exit code 2) listing every mistake with its line and path.
 */
export function loadRecipe(path: string, overrides: Overrides = {}): Recipe {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const shown = fileError(error, path, "read the recipe");
    throw shown instanceof NearmissError ? new NearmissError(shown.message, { exitCode: 2 }) : shown;
  }
  return parseRecipe(text, path, overrides);
}

/** {@link loadRecipe} on text; `path` names it in errors and anchors its relative paths. */
export function parseRecipe(text: string, path: string, overrides: Overrides = {}): Recipe {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  if (document.errors.length > 0) {
    const lines = document.errors.map(
      ({ message, linePos }) => `  line ${linePos?.[0].line ?? 1}: ${message.split(" at line")[0]}`,
    );
    throw refuse(path, lines.length, lines.join("\n"), "is not YAML");
  }
  if (document.contents !== null && !isMap(document.contents)) {
    throw refuse(path, 1, "  line 1: expected a block of keys such as `model: ./folder`", "is no recipe");
  }
  const mistakes: Mistake[] = [];
  applyOverrides(document, overrides, mistakes);
  substitute(document, mistakes);

  const value: unknown = document.toJS() ?? {};
  if (value !== null && typeof value === "object") {
    Reflect.deleteProperty(value, "variables");
    if (!("name" in value)) Reflect.set(value, "name", basename(path, extname(path)));
    inheritSeed(value);
    anchor(value, dirname(resolve(path)));
  }
  mistakes.push(...mistakesOf(Recipe, value));
  if (mistakes.length > 0) {
    const placed = mistakes.map((mistake) => ({ line: lineOf(document, counter, mistake), mistake }));
    throw refuse(path, mistakes.length, listMistakes(placed));
  }
  return Recipe.parse(value);
}

function refuse(path: string, count: number, list: string, fault?: string): NearmissError {
  const what = fault ?? `has ${count === 1 ? "a mistake" : `${count} mistakes`}`;
  return new NearmissError(`${path} ${what}:\n${list}`, { exitCode: 2 });
}

function applyOverrides(document: Document, { model, set }: Overrides, mistakes: Mistake[]): void {
  for (const text of set ?? []) {
    const fault = applySetting(document, text);
    if (fault !== null) mistakes.push({ path: [], atKey: false, message: `--set ${text}: ${fault}` });
  }
  if (model !== undefined) document.set("model", model);
}

/** Puts the recipe's variables in place of `${name}` in every text. */
function substitute(document: Document, mistakes: Mistake[]): void {
  const variables = document.get("variables");
  visit(document, {
    Scalar(_, node, ancestors) {
      if (typeof node.value !== "string" || ancestors.includes(variables as never)) return;
      node.value = node.value.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
        const value = isMap(variables) ? variables.get(name) : undefined;
        if (value !== undefined) return String(value);
        const message = `${whole}: no such variable; give it with --set variables.${name}=VALUE or under "variables:"`;
        mistakes.push({ path: pathTo(document, node), atKey: false, message });
        return whole;
      });
    },
  });
}

function pathTo(document: Document, target: unknown): string[] {
  let found: string[] = [];
  visit(document, {
    Scalar(_, node, ancestors) {
      if (node !== target) return;
      found = ancestors.flatMap((part) =>
        "key" in part && isScalar(part.key) ? [String(part.key.value)] : [],
      );
      return visit.BREAK;
    },
  });
  return found;
}

/** Makes the recipe's relative paths absolute: `model` where it is a path, `adapter`, and `path` of each source of problems. */
function anchor(value: object, folder: string): void {
  const make = (holder: unknown, key: string, always: boolean) => {
    if (holder === null || typeof holder !== "object") return;
    const text: unknown = Reflect.get(holder, key);
    if (typeof text !== "string" || !(always || /^(\.{1,2}|~)?\//.test(text))) return;
    Reflect.set(holder, key, resolve(folder, text.replace(/^~(?=\/)/, homedir())));
  };
  make(value, "model", false);
  make(value, "adapter", true);
  const problems: unknown = Reflect.get(value, "problems");
  if (problems === null || typeof problems !== "object") return;
  const transfer: unknown = Reflect.get(problems, "transfer") ?? {};
  for (const source of [...Object.values(problems), ...Object.values(Object(transfer))])
    make(source, "path", true);
}

/** The line of a mistake: of its key, of its value, or of the nearest block around it that is in the file. */
function lineOf(document: Document, counter: LineCounter, { path, atKey }: Mistake): number | null {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const node = document.getIn(path.slice(0, depth), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path[depth - 1])
      : undefined;
    const place = (atKey || depth < path.length) && pair !== undefined ? pair.key : node;
    if (isRanged(place)) return counter.linePos(place.range[0]).line;
  }
  return null;
}

function isRanged(node: unknown): node is { range: readonly [number, number, number] } {
  return node !== null && typeof node === "object" && "range" in node && Array.isArray(node.range);
}
