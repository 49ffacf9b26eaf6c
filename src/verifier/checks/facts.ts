/** Facts of the calendar, the clock and common measures that a solution may state: how each is said, and what is right. */
interface Right {
  readonly values: readonly string[];
  readonly says: string;
}

export interface StatedFact extends Right {
  /** The words that state it, and where they begin in the text. */
  readonly words: string;
  readonly start: number;
  readonly stated: string;
}

/** Part and whole: how many parts the whole has. */
const MEASURES: ReadonlyMap<string, Right> = new Map(
  [
    "second minute 60",
    "minute hour 60",
    "hour day 24",
    "day week 7",
    "day year 365 366 360",
    "week year 52",
    "month year 12",
    "inch foot 12",
    "inche foot 12",
    "ounce pound 16",
    "cent dollar 100",
    "gram kilogram 1000 1,000",
    "meter kilometer 1000 1,000",
    "centimeter meter 100",
    "year decade 10",
    "year century 100",
  ].map((row): [string, Right] => {
    const [part = "", whole = "", ...values] = row.split(" ");
    return [`${part} ${whole}`, { values, says: `a ${whole} has ${values[0]} ${part}s` }];
  }),
);

const MONTHS: ReadonlyMap<string, Right> = new Map(
  (
    [
      ["january march may july august october december", ["31"], "that month has 31 days"],
      ["april june september november", ["30"], "that month has 30 days"],
      ["february", ["28", "29"], "February has 28 days, or 29"],
    ] as const
  ).flatMap(([names, values, says]) =>
    names.split(" ").map((name): [string, Right] => [name, { values, says }]),
  ),
);

interface FactForm {
  /** Group 1 is the number as stated. */
  readonly pattern: RegExp;
  readonly right: (match: readonly string[]) => Right | undefined;
}

/** The ways in which such facts are said. */
export const FACTS: readonly FactForm[] = [
  // "There are 7 days in a week"; not "works 5 days in a week".
  {
    pattern:
      /\b(?:are|is|has|have) (\d{1,5}|\d,\d{3}) ([a-z]{3,12}) in (?:a|an|one|1|each|every) ([a-z]{3,12})\b/i,
    right: ([, , parts = "", whole = ""]) =>
      MEASURES.get(`${parts.replace(/s$/, "")} ${whole}`.toLowerCase()),
  },
  {
    pattern: /\b(\d{1,2}) days in (?:the month of )?([a-z]{3,9})\b/i,
    right: ([, , month = ""]) => MONTHS.get(month.toLowerCase()),
  },
  {
    pattern:
      /\b(?:January|February|March|April|May|June|July|August|September|October|November|December) has (\d{1,2}) days\b/i,
    right: ([words = ""]) => MONTHS.get(words.slice(0, words.indexOf(" ")).toLowerCase()),
  },
  {
    pattern:
      /\bhalf a dozen\b[^.\d]{0,30}(?:is|means|=|equals)\s(?:\d{1,3}\s?[*\u00d7/\u00f7]\s?\d{1,3}\s?=\s?)?(\d{1,3})\b/i,
    right: () => ({ values: ["6"], says: "half a dozen is 6" }),
  },
  {
    pattern:
      /\bquarterly[^.\dq]{0,40}?\b(\d{1,2}|two|three|five|six|twelve) times (?:a|per|in a|each) year\b/i,
    right: () => ({ values: ["4"], says: "quarterly is four times a year" }),
  },
  {
    pattern: /\ba dozen (?:is|=|has|means) (\d{1,3})\b/i,
    right: () => ({ values: ["12"], says: "a dozen is 12" }),
  },
];

/** What every form holds: most texts hold none. */
const SPEAKS = /dozen|quarterly|\b(?:days|in (?:an?|one|1|each|every))\b/i;

/** The facts that a text states wrongly, the first of each form. */
export function wrongFacts(text: string): StatedFact[] {
  if (!SPEAKS.test(text)) return [];
  return FACTS.flatMap(({ pattern, right }) => {
    const match = pattern.exec(text);
    const fact = match === null ? undefined : right([...match]);
    const stated = match?.[1];
    if (match === null || fact === undefined || stated === undefined || fact.values.includes(stated))
      return [];
    return [{ ...fact, words: match[0], start: match.index, stated }];
  });
}
