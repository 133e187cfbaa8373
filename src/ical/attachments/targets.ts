import { type ContentLine, parameter } from "../content_lines.ts";
import { dayMs } from "../duration.ts";
import { Budget, type Instance } from "../instances.ts";
import { lineOf } from "../interval.ts";
import { momentsIn, type Zones } from "../moment.ts";
import type { TopComponent } from "../passage.ts";
import { keyIn } from "../recurrence/recurrence_set.ts";
import { seriesIn } from "../recurrence/series.ts";
import type { ReadMoment } from "../time.ts";
import { readDigits } from "../values.ts";

/** An instance that has no override of its own yet. */
export interface InstanceTarget {
  /** The value of its RECURRENCE-ID. */
  readonly rid: string;
  readonly instance: Instance;
  /** What the instance is by now. */
  readonly component: TopComponent;
  /** DTSTART of the series, whose form RECURRENCE-ID has. */
  readonly dtstart: ContentLine;
  readonly read: ReadMoment;
}

/** What a client means by `rid` (RFC 8607 §3.3.2). */
export interface Targets {
  readonly components: readonly TopComponent[];
  readonly instances: readonly InstanceTarget[];
}

/** Undefined: one of them is none, or is named twice. */
export function targetsIn(
  all: readonly TopComponent[],
  rids: readonly string[] | undefined,
  zones: Zones,
): Targets | undefined {
  const own = all.filter(({ name }) => name !== "VTIMEZONE" && !name.startsWith("X-"));
  if (rids === undefined) return { components: own, instances: [] };
  if (new Set(rids).size < rids.length) return undefined;
  const find = finder(all, zones);
  const components: TopComponent[] = [];
  const instances: InstanceTarget[] = [];
  for (const rid of rids) {
    const written = own.find((one) => ridOf(one) === rid);
    const found: Found = written ? { override: written } : find(rid);
    if (found.instance) instances.push(found.instance);
    else if (found.override && !components.includes(found.override)) {
      components.push(found.override);
    } else return undefined;
  }
  return { components, instances };
}

const ridOf = (component: TopComponent): string =>
  lineOf(component, "RECURRENCE-ID")?.value.trim() ?? "M";

/** An instance, or the component that is it; neither: there is none. */
interface Found {
  readonly instance?: InstanceTarget;
  readonly override?: TopComponent;
}

/**
 * Finds instances of the series by their nominal start, written as DTSTART is, and overrides that name
 * theirs in another form.
 */
function finder(all: readonly TopComponent[], zones: Zones) {
  const calendar = { name: "VCALENDAR", number: 1, lines: [], components: all };
  const read = momentsIn(calendar, zones);
  const series = seriesIn(calendar, read);
  const budget = new Budget();
  const [master] = series.masters;
  const dtstart = master && lineOf(master.member.component, "DTSTART");
  return (rid: string): Found => {
    if (!dtstart || formOf(dtstart.value.trim()) !== formOf(rid)) return {};
    const moment = read(dtstart, rid);
    if (!moment) return {};
    const key = keyIn(master.set.start, moment);
    const single = series.overrides.find((one) => one.key === key && one.shiftMs === undefined);
    const override = all.find((one) => one === single?.member.component);
    if (override) return { override };
    const shiftMs = series.forward.findLast((one) => one.key < key)?.shiftMs;
    const [from, to] = shiftMs === undefined ? [0, 0] : [shiftMs - dayMs, shiftMs + dayMs];
    const range = { start: moment.at + from, end: moment.at + to };
    for (const instance of series.within(range, budget)) {
      const { recurrenceId } = instance;
      if (!recurrenceId || keyIn(master.set.start, recurrenceId) !== key) continue;
      const component = all.find((one) => one === instance.component);
      if (component === undefined) return {};
      if (isOfOne(component)) return { override: component };
      return { instance: { rid, instance, component, dtstart, read } };
    }
    return {};
  };
}

/** Whether a component overrides one instance alone. */
function isOfOne(component: TopComponent): boolean {
  const id = lineOf(component, "RECURRENCE-ID");
  return id !== undefined && parameter(id, "RANGE") === undefined;
}

const formOf = (value: string) => readDigits(value)?.form;
