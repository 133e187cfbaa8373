import { calendar, component, zone } from "../fixtures/events.ts";
import type { Random } from "../seeded.ts";

/** How the times of an object are written. */
interface Style {
  readonly tzid?: string;
  readonly utc?: boolean;
  readonly date?: boolean;
}

const styles: readonly Style[] = [
  {},
  { utc: true },
  { date: true },
  { tzid: "Europe/Vienna" },
  { tzid: "America/New_York" },
  { tzid: "Asia/Kolkata" },
  { tzid: "Australia/Lord_Howe" },
  { tzid: "Pacific/Apia" },
  { tzid: "Nowhere" },
];

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

/** An object with one event or journal entry, its overrides, and most of what they may say. */
export function randomObject(random: Random): string {
  const style = random.pick(styles);
  const name = random.chance(0.9) ? "VEVENT" : "VJOURNAL";
  const start = randomStart(random, style);
  const master = [
    "UID:a",
    line("DTSTART", start, style),
    ...ending(random, start, style, name),
    ...standing(random),
  ];
  if (random.chance(0.75)) master.push(`RRULE:${randomRule(random, style)}`);
  if (random.chance(0.05)) master.push("RRULE:FREQ=MONTHLY;COUNT=5");
  if (random.chance(0.04)) master.push("EXRULE:FREQ=WEEKLY;INTERVAL=2");
  const near = () => start + random.int(40) * dayMs + (random.chance(0.2) ? 3 * hourMs : 0);
  for (let count = random.chance(0.3) ? random.int(4) : 0; count > 0; count--) {
    master.push(line("EXDATE", near(), random.chance(0.9) ? style : random.pick(styles)));
  }
  for (let count = random.chance(0.2) ? random.int(4) : 0; count > 0; count--) {
    const at = near();
    if (random.chance(0.1)) master.push(line("RDATE", at, { date: true }));
    else if (style.date || random.chance(0.7)) master.push(line("RDATE", at, style));
    else {
      const { params, value } = written(at, style);
      master.push(`RDATE;VALUE=PERIOD${params}:${value}/PT${1 + random.int(30)}H`);
    }
  }
  const components = random.chance(0.95) ? [component(name, master)] : [];
  for (let count = random.chance(0.3) ? 1 + random.int(3) : 0; count > 0; count--) {
    const at = near();
    const moved = at + (random.int(9) - 4) * (style.date ? dayMs : hourMs);
    const range = random.chance(0.1) ? ";RANGE=THISANDFUTURE" : "";
    const other = random.chance(0.9) ? style : random.pick(styles);
    components.push(component(name, [
      "UID:a",
      line(`RECURRENCE-ID${range}`, at, random.chance(0.8) ? style : random.pick(styles)),
      ...name === "VJOURNAL" && random.chance() ? [] : [line("DTSTART", moved, other)],
      ...ending(random, moved, other, name),
      ...standing(random),
    ]));
  }
  if (components.length === 0) components.push(component(name, master));
  const definition = style.tzid === "Europe/Vienna" && random.chance() ? [zone(style.tzid)] : [];
  const made = random.chance(0.1) && style.tzid ? [zone(style.tzid)] : definition;
  return calendar(...made, ...components);
}

/** Mostly of these years, with a preference for changes of the clocks. */
function randomStart(random: Random, { date }: Style): number {
  const day = random.chance(0.2)
    ? random.pick(["2024-03-30", "2024-10-26", "2025-03-08", "2025-11-01", "2011-12-29"])
    : new Date(Date.UTC(2023, 0) + random.int(1200) * dayMs).toISOString().slice(0, 10);
  const midnight = Date.parse(day);
  return date ? midnight : midnight + random.int(48) * hourMs / 2;
}

function ending(random: Random, start: number, style: Style, name: string): string[] {
  if (name === "VJOURNAL" || random.chance(0.1)) return [];
  const [days, hours] = [random.pick([0, 0, 0, 1, 2, 9]), random.pick([0, 1, 1, 2, 25])];
  if (style.date) {
    return [
      random.chance() ? `DURATION:P${days + 1}D` : line("DTEND", start + days * dayMs, style),
    ];
  }
  return random.chance()
    ? [`DURATION:P${days}DT${hours}H`]
    : [line("DTEND", start + days * dayMs + hours * hourMs, style)];
}

const standing = (random: Random): string[] => [
  ...random.chance(0.2) ? ["TRANSP:TRANSPARENT"] : [],
  ...random.chance(0.3) ? [`STATUS:${random.pick(["TENTATIVE", "CANCELLED", "CONFIRMED"])}`] : [],
];

const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/** A rule of any kind, RFC 7529's SKIP among its parts. */
export function randomRule(random: Random, style: Style = {}): string {
  const freq = random.pick(["YEARLY", "MONTHLY", "MONTHLY", "WEEKLY", "WEEKLY", "DAILY", "HOURLY"]);
  const parts = [`FREQ=${freq}`];
  if (random.chance(0.4)) parts.push(`INTERVAL=${1 + random.int(4)}`);
  const some = <T>(make: () => T) => Array.from({ length: 1 + random.int(3) }, make).join(",");
  const signed = (most: number) => (1 + random.int(most)) * (random.chance(0.7) ? 1 : -1);
  if (random.chance(0.25)) parts.push(`BYMONTH=${some(() => 1 + random.int(12))}`);
  if (random.chance(0.25) && freq !== "WEEKLY") {
    parts.push(`BYMONTHDAY=${some(() => signed(31))}`);
  } else if (random.chance(0.4)) {
    const nth = freq === "MONTHLY" || freq === "YEARLY";
    const day = () => (nth && random.chance() ? String(signed(4)) : "") + random.pick(days);
    parts.push(`BYDAY=${some(day)}`);
  }
  if (freq === "YEARLY" && random.chance(0.1)) parts.push(`BYWEEKNO=${some(() => signed(53))}`);
  if (freq === "YEARLY" && random.chance(0.1)) parts.push(`BYYEARDAY=${some(() => signed(366))}`);
  if (random.chance(0.1)) parts.push(`BYHOUR=${some(() => random.int(24))}`);
  if (random.chance(0.1)) parts.push(`BYMINUTE=${some(() => random.int(60))}`);
  if (random.chance(0.1) && parts.length > 2) parts.push(`BYSETPOS=${some(() => signed(3))}`);
  if (random.chance(0.1)) {
    parts.push(`RSCALE=GREGORIAN;SKIP=${random.pick(["BACKWARD", "FORWARD"])}`);
  }
  if (random.chance(0.2)) parts.push(`WKST=${random.pick(days)}`);
  if (random.chance(0.3)) parts.push(`COUNT=${1 + random.int(60)}`);
  else if (random.chance(0.4)) {
    const until = Date.UTC(2024, 0) + random.int(900) * hourMs * 20;
    parts.push(`UNTIL=${written(until, random.chance(0.9) ? untilOf(style) : {}).value}`);
  }
  return parts.join(";");
}

const untilOf = ({ date, tzid, utc }: Style): Style => ({ date, utc: utc || tzid !== undefined });

const line = (name: string, at: number, style: Style): string => {
  const { params, value } = written(at, style);
  return `${name}${params}:${value}`;
};

function written(at: number, { date, utc, tzid }: Style) {
  const text = new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  if (date) return { params: ";VALUE=DATE", value: text.slice(0, 8) };
  if (utc) return { params: "", value: text };
  return { params: tzid ? `;TZID=${tzid}` : "", value: text.slice(0, -1) };
}
