/** Days of the Gregorian calendar as integers, counted from 1 January 1970; weekday 0 is Sunday. */

/** The day of a date; months count from 1. Months beyond a year's go on into the next one. */
export function dayOf(year: number, month: number, day: number): number {
  const years = year + Math.floor((month - 1) / 12) - (mod(month - 1, 12) < 2 ? 1 : 0);
  const era = Math.floor(years / 400);
  const yearOfEra = years - era * 400;
  const dayOfYear = Math.floor((153 * mod(month - 3, 12) + 2) / 5) + day - 1;
  const leaps = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leaps + dayOfYear - 719_468;
}

/** Months since January of the year 0, and with that year and month, of a day. */
export function monthIndexOf(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  return (yearOfEra + era * 400) * 12 + fromMarch + 2;
}

export const weekdayOf = (day: number): number => mod(day + 4, 7);

export const isLeap = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Months count from 1. */
export const lengthOfMonth = (year: number, month: number): number =>
  month === 2
    ? (isLeap(year) ? 29 : 28)
    : month === 4 || month === 6 || month === 9 || month === 11
    ? 30
    : 31;

export const lengthOfYear = (year: number): number => isLeap(year) ? 366 : 365;

/** Never negative. */
export const mod = (value: number, by: number): number => value - Math.floor(value / by) * by;
