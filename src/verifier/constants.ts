/** Numbers that a solution may use though its problem does not state them: time, counts, money, measures, percent. */
export const CONSTANTS: ReadonlySet<string> = new Set(
  (
    "0 1 2 3 4 5 7 8 10 12 14 16 24 28 29 30 31 36 48 50 52 60 90 100 144 168 180 270 360 365 366 1000 1440 1760 2000 3600 5280 " +
    "0.5 0.25 0.75 0.1 0.01 0.05 1.5 1/3 2/3 1/4 1/2 3.14 3.1416 3.14159 22/7 2.54 1/12 1/60"
  ).split(" "),
);
