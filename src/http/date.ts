/** UTC epoch milliseconds as a header has them: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export const httpDate = (ms: number): string => new Date(ms).toUTCString();

/**
 * UTC epoch milliseconds of a date in any of the three forms of RFC 9110 §5.6.7; undefined for
 * anything else. The day of the week is not looked at.
 */
export function readHttpDate(value: string): number | undefined {
  for (const form of forms) {
    const found = form.exec(value)?.groups;
    if (found !== undefined) return millisecondsOf(found);
  }
  return undefined;
}

const forms = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/,
];

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** All three forms have all four groups. */
function millisecondsOf(found: Readonly<Record<string, string>>): number | undefined {
  const { day = "", month = "", year = "", time = "" } = found;
  const monthIndex = months.indexOf(month);
  const iso = `${fullYear(year)}-${twoDigits(monthIndex + 1)}-${twoDigits(Number(day))}T${time}Z`;
  const ms = Date.parse(iso);
  const rolled = new Date(ms).getUTCDate() !== Number(day);
  return Number.isNaN(ms) || rolled ? undefined : ms;
}

/** Two digits are those of 1970 to 2069. */
function fullYear(year: string): string {
  if (year.length === 4) return year;
  return Number(year) < 70 ? `20${year}` : `19${year}`;
}

const twoDigits = (number: number): string => String(number).padStart(2, "0");
