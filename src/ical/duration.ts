export const dayMs = 24 * 60 * 60 * 1000;

/**
 * A duration (RFC 5545 §3.3.6): days on the calendar, as long as they are in their zone, and exact
 * milliseconds. Both are negative in one that is.
 */
export interface Duration {
  readonly days: number;
  readonly ms: number;
}

/** Undefined: no duration. Weeks may stand beside days, and nothing behind `T`. */
export function readDuration(value: string): Duration | undefined {
  const found = parts.exec(value.trim());
  if (found === null) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(2)
    .map((digits = "0") => Number(digits));
  const sign = found[1] === "-" ? -1 : 1;
  return {
    days: sign * (weeks * 7 + days),
    ms: sign * ((hours * 60 + minutes) * 60 + seconds) * 1000,
  };
}

/** `base` and as many times `step`. */
export const lengthened = (base: Duration, step: Duration, times: number): Duration => ({
  days: base.days + step.days * times,
  ms: base.ms + step.ms * times,
});

const parts =
  /^([+-])?P(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;
