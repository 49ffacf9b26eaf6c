/** Facts of the calendar, the clock and common measures that a solution may state, as patterns with the right values. */
export interface Fact {
  /** Group 1 is the number as stated. */
  readonly pattern: RegExp;
  readonly right: readonly string[];
  readonly says: string;
}

const inA = (part: string, whole: string, right: string, says: string): Fact => ({
  pattern: new RegExp(
    `\\b(\\d{1,5}|\\d,\\d{3}) ${part}s? (?:in|make|makes up) (?:a|an|one|1|each|every) ${whole}\\b`,
    "i",
  ),
  right: right.split(" "),
  says,
});

const daysIn = (months: string, right: string, says: string): Fact[] => [
  {
    pattern: new RegExp(`\\b(\\d{1,2}) days in (?:the month of )?(?:${months})\\b`, "i"),
    right: right.split(" "),
    says,
  },
  {
    pattern: new RegExp(`\\b(?:${months}) has (\\d{1,2}) days\\b`, "i"),
    right: right.split(" "),
    says,
  },
];

export const FACTS: readonly Fact[] = [
  ...daysIn("January|March|May|July|August|October|December", "31", "that month has 31 days"),
  ...daysIn("April|June|September|November", "30", "that month has 30 days"),
  ...daysIn("February", "28 29", "February has 28 days, or 29"),
  {
    pattern:
      /\bhalf a dozen\b[^.\d]{0,30}(?:is|means|=|equals)\s(?:\d{1,3}\s?[*\u00d7/\u00f7]\s?\d{1,3}\s?=\s?)?(\d{1,3})\b/i,
    right: ["6"],
    says: "half a dozen is 6",
  },
  inA("second", "minute", "60", "a minute has 60 seconds"),
  inA("minute", "hour", "60", "an hour has 60 minutes"),
  inA("hour", "day", "24", "a day has 24 hours"),
  inA("day", "week", "7", "a week has 7 days"),
  inA("day", "year", "365 366 360", "a year has 365 days"),
  inA("week", "year", "52", "a year has 52 weeks"),
  inA("month", "year", "12", "a year has 12 months"),
  inA("inche?", "foot", "12", "a foot has 12 inches"),
  inA("ounce", "pound", "16", "a pound has 16 ounces"),
  inA("cent", "dollar", "100", "a dollar has 100 cents"),
  inA("gram", "kilogram", "1000 1,000", "a kilogram has 1,000 grams"),
  inA("meter", "kilometer", "1000 1,000", "a kilometer has 1,000 meters"),
  inA("centimeter", "meter", "100", "a meter has 100 centimeters"),
  inA("year", "decade", "10", "a decade has 10 years"),
  inA("year", "century", "100", "a century has 100 years"),
  {
    pattern:
      /\bquarterly[^.\d]{0,40}?\b(\d{1,2}|two|three|five|six|twelve) times (?:a|per|in a|each) year\b/i,
    right: ["4"],
    says: "quarterly is four times a year",
  },
  {
    pattern: /\ba dozen (?:is|=|has|means) (\d{1,3})\b/i,
    right: ["12"],
    says: "a dozen is 12",
  },
];
