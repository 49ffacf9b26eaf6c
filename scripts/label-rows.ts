/**
 * Prints the wrong solutions that are to be labelled by reading, with numbered steps and the reference solution.
 * No verdict is asked for: only the verifier's step splitter is used, so that labels and verdicts count steps alike.
 *
 *     npx tsx scripts/label-rows.ts [--from 0] [--count 10] [--data ../shared/data]
 */
import { parseArgs } from "node:util";
import { chooseRows, rowHash } from "../bench/label-data.js";
import { DATA_FOLDER, readVerifierData } from "../bench/verifier-data.js";
import { splitSteps } from "../src/verifier/text/steps.js";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: DATA_FOLDER },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "10" },
  },
});
const data = readVerifierData(values.data);
if (data === null) {
  console.error(
    `label-rows: the data is not there: no folder ${values.data} (docs/verifier.md says what it holds)`,
  );
  process.exit(1);
}
const from = Number(values.from);
for (const [i, row] of chooseRows(data.solutions)
  .slice(from, from + Number(values.count))
  .entries()) {
  console.log(`=== ${from + i}  ${rowHash(row.question, row.solution)}`);
  console.log(`QUESTION ${row.question}`);
  console.log(`REFERENCE\n${data.gold.get(row.question.trim()) ?? "(none)"}`);
  console.log("SOLUTION");
  for (const step of splitSteps(row.solution)) console.log(`[${step.index}] ${step.text}`);
  console.log();
}
