/** The site by TypeDoc: README, documents and API, as typedoc.json says. */
import { Application, Converter, type DocumentReflection, Logger, LogLevel } from "typedoc";

/** Keeps what would be printed: a warning of TypeDoc is a fault of ours. */
class Kept extends Logger {
  readonly faults: string[] = [];
  override log(message: string, level: LogLevel): void {
    super.log(message, level);
    if (level >= LogLevel.Warn) this.faults.push(message);
  }
}

/**
 * Writes the site into a folder.
 * @returns what TypeDoc warns of: links to what is not there, names that nothing has, code that does not compile
 */
export async function buildSite(out: string, options: { readonly types?: boolean } = {}): Promise<string[]> {
  const app = await Application.bootstrap({
    options: "typedoc.json",
    out,
    skipErrorChecking: options.types === false,
  });
  const kept = new Kept();
  app.logger = kept;
  // By its heading, not by the name of its file: several are called README.
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.name = headingOf(document) ?? document.name;
  });
  const project = await app.convert();
  if (project === undefined) return kept.faults;
  app.validate(project);
  await app.generateOutputs(project);
  return kept.faults;
}

const headingOf = ({ content }: DocumentReflection): string | undefined =>
  /^# (.+)$/m.exec(content.map(({ text }) => text).join(""))?.[1];
