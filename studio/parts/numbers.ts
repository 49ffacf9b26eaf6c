/** Numbers as a person reads them. */

/** 0.1234 as "0.12"; a dash where there is none. */
export const score = (value: number | null, digits = 2): string =>
  value === null ? "–" : value.toFixed(digits);

export const whole = (value: number): string => value.toLocaleString("en");

/** 3725 as "1 h 2 min", 125 as "2 min 5 s", 9.4 as "9.4 s". */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export function bytes(count: number): string {
  if (count < 2 ** 20) return `${(count / 2 ** 10).toFixed(0)} KiB`;
  return count < 2 ** 30 ? `${(count / 2 ** 20).toFixed(0)} MiB` : `${(count / 2 ** 30).toFixed(1)} GiB`;
}

/** 0.123 as "12.3 %". */
export const percent = (share: number | null): string =>
  share === null ? "–" : `${(100 * share).toFixed(1)} %`;
