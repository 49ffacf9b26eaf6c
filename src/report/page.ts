/** `report.html`: the studio's page with a run's data inside, in one file that loads nothing. */
import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { FolderRecords } from "../studio/folder/folder.js";
import type { ReportData } from "../studio/report-data.js";
import { pageText } from "../studio/server/page-files.js";
import { holdRun } from "./held.js";
import { inlineJson } from "./inline-json.js";

/** The page of a run folder, as it stands now. */
export async function renderRun(folder: string): Promise<string> {
  return renderPage(await holdRun(new FolderRecords(realpathSync(folder), "report")));
}

/** The built page with its script, its styles and the data in it. Its policy lets it run that script and load nothing. */
function renderPage(data: ReportData): string {
  const script = pageText("report.js").replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3c!--");
  const style = pageText("index.css").replaceAll("</style", "<\\/style");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Nearmiss report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"><p class="waiting">This report draws itself with JavaScript, from the data inside it.</p></div>
<script type="application/json" id="nearmiss-data">${inlineJson(data)}</script>
<script type="module">${script}</script>
</body>
</html>
`;
}

const hashOf = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;
