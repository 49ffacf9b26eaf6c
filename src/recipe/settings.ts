/** `KEY.KEY=VALUE` texts of the command line, put into a block of options. */
import { type Document, parse } from "yaml";

/**
 * Sets one value, given in YAML, in a document.
 * @param text such as `sft.learningRate=1e-4`
 * @param block where in the document its keys begin
 * @returns what is wrong with the text, or null
 */
export function applySetting(document: Document, text: string, block: readonly string[] = []): string | null {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const path = key?.trim().split(".") ?? [];
  if (value === undefined || path.includes("")) return "expected KEY=VALUE, or KEY.KEY=VALUE";
  let parsed: unknown;
  try {
    parsed = parse(value);
  } catch {
    return `${value} is not YAML; put a text with special characters between quotation marks`;
  }
  try {
    document.setIn([...block, ...path], document.createNode(parsed));
  } catch {
    return "there is no such place";
  }
  return null;
}
