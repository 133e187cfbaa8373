import { dayMs } from "./duration.ts";
import type { Shift } from "./offsets.ts";
import type { Zone } from "./zone.ts";

/**
 * Whether two zones show the same time over a period of UTC epoch milliseconds. Where that is longer,
 * its first twelve years are looked at, in which dates and weekdays meet in all ways that they do, and
 * some in the far future: clocks go by rules of years.
 */
export function sameClocks(a: Zone, b: Zone, from: number, to: number): boolean {
  const near = from + 12 * yearMs;
  const windows = to <= near ? [[from, to] as const] : [
    [from, near] as const,
    ...farYears.map((year) => [Date.UTC(year, 0), Date.UTC(year + 1, 0)] as const)
      .filter(([begin, end]) => begin > near && end < to),
  ];
  return windows.every(([begin, end]) =>
    sameShifts(a.shiftsIn(begin, end), b.shiftsIn(begin, end))
  );
}

const yearMs = 366 * dayMs;

/** Before and after the clocks of Morocco and Palestine stop to follow the moon in the data. */
const farYears = [2045, 2060, 2095];

function sameShifts(a: readonly Shift[], b: readonly Shift[]): boolean {
  const [first, second] = [a, b].map((shifts) =>
    shifts.filter((one, index) => one.offsetMs !== shifts[index - 1]?.offsetMs)
  );
  return first?.length === second?.length &&
    first?.every(({ at, offsetMs }, index) =>
        second?.[index]?.at === at && second[index].offsetMs === offsetMs
      ) === true;
}
