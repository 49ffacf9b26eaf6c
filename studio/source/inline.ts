/** The data that stand in a report: the same views, computed here from what the file holds. */
import { armsView } from "../../src/studio/arms.js";
import { pairsPage, pairView } from "../../src/studio/pairs.js";
import { type ReportData, ReportRecords } from "../../src/studio/report-data.js";
import { mapView, solutionsPage, solutionView } from "../../src/studio/solutions.js";
import { type Source, SourceError } from "./source.js";

export function inlineSource(json: string): Source {
  const records = new ReportRecords(JSON.parse(json) as ReportData);
  const there = <T>(value: T | null): T => {
    if (value === null) throw new SourceError("There is no such thing in this report.", true);
    return value;
  };
  return {
    live: false,
    runs: async () => ({ runs: [(await records.overview()).run], places: [] }),
    overview: () => records.overview(),
    sets: () => records.setNames(),
    curves: () => records.curves(),
    solutions: (_, query, slice) => solutionsPage(records, query, slice),
    map: (_, query) => mapView(records, query),
    solution: async (_, set, problem, index) => there(await solutionView(records, set, problem, index)),
    pairs: (_, query, slice) => pairsPage(records, query, slice),
    pair: async (_, kind, line) => there(await pairView(records, kind, line)),
    arms: async () => there(await armsView(records)),
    review: async () => {
      throw new SourceError("A report cannot be written to.");
    },
    listen: () => () => undefined,
  };
}
