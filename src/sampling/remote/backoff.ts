/** How long to wait before trying again. */

const FIRST_MILLISECONDS = 500;
const LONGEST_MILLISECONDS = 60_000;

/**
 * Exponential back-off with full jitter: anywhere between nothing and 0.5 s, 1 s, 2 s ... up to a minute, so that many
 * clients do not come back at once.
 * @param failures in a row, from 1
 * @param uniform in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff(failures: number, uniform: number, first = FIRST_MILLISECONDS): number {
  return uniform * Math.min(LONGEST_MILLISECONDS, first * 2 ** (failures - 1));
}

/**
 * Milliseconds that a server asks to be left alone for, by its headers `retry-after-ms` (milliseconds) or `retry-after`
 * (seconds, or a date; RFC 9110, 10.2.3); null where it does not ask.
 */
export function retryAfter(headers: Headers | undefined, now: number): number | null {
  const exact = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (exact >= 0) return exact;
  const text = headers?.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
