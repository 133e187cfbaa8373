import type { ContentLine } from "../content_lines.ts";
import { type Edit, edited, meant, part, type Passage, plainPassage } from "../passage.ts";
import { folded } from "../text.ts";
import { type Moment, plus } from "../time.ts";
import { durationEnd, lineOf } from "../interval.ts";
import { dateText, utcText } from "../values.ts";
import { toLocal } from "../zone.ts";
import type { InstanceTarget } from "./targets.ts";

/** The override of an instance: what it is by now, with its own times and these edits. */
export function newOverride(
  passage: Passage,
  target: InstanceTarget,
  edits: readonly Edit[],
): Passage {
  const { component } = target;
  const { start, end } = component;
  const times = component.lines.flatMap((line): readonly Edit[] => {
    const text = timeFor(meant(passage, line), target);
    return text === undefined ? [] : [{ from: line.start, to: line.end, by: plainPassage(text) }];
  });
  const inside = [...times, ...edits].map(({ from, to, by }) => ({
    from: from - start,
    to: to - start,
    by,
  }));
  return edited(part(passage, start, end), inside);
}

/** What stands in place of a line; undefined: it is the same in each instance. */
function timeFor(line: ContentLine, target: InstanceTarget): string | undefined {
  const { rid, instance, component, dtstart, read } = target;
  const { start, end } = instance;
  switch (line.name) {
    case "DTSTART": {
      const isOpen = !endings.some((name) => lineOf(component, name)) && !start.isDate;
      const ending = isOpen && end.at > start.at
        ? lineAt({ ...line, name: endName(component) }, end, target)
        : "";
      const id = folded(`RECURRENCE-ID${dtstart.params}:${rid}`);
      return lineAt(line, start, target) + id + ending;
    }
    case "DTEND":
      return lineAt(line, end, target);
    case "DUE": {
      const due = read(line);
      const first = component.lines.find(({ name }) => name === "DTSTART");
      const leadMs = due && first ? Math.max(0, (read(first)?.at ?? due.at) - due.at) : 0;
      return lineAt(line, leadMs > 0 ? plus(start, { days: 0, ms: -leadMs }) : end, target);
    }
    case "DURATION": {
      const usual = durationEnd(component, start)?.at ?? end.at;
      return usual === end.at
        ? undefined
        : lineAt({ ...dtstart, name: endName(component) }, end, target);
    }
    case "RECURRENCE-ID":
      // One without a time of its own has that of its instance.
      return lineOf(component, "DTSTART") ? "" : folded(`RECURRENCE-ID${dtstart.params}:${rid}`);
    case "RRULE":
    case "RDATE":
    case "EXRULE":
    case "EXDATE":
      return "";
    default:
      return undefined;
  }
}

const endings = ["DTEND", "DUE", "DURATION"];

const endName = ({ name }: InstanceTarget["component"]): string =>
  name === "VTODO" ? "DUE" : "DTEND";

/** The line with another time, written as the one that it has. */
function lineAt(line: ContentLine, moment: Moment, { read }: InstanceTarget): string {
  const { name, params, value } = line;
  return folded(`${name}${params}:${timeText(moment, value, read(line))}`);
}

function timeText(moment: Moment, written: string, as: Moment | undefined): string {
  if (moment.isDate || as?.isDate) return dateText(moment.localMs);
  if (/Z\s*$/i.test(written)) return utcText(moment.at);
  const isLocal = as === undefined || as.floating || as.zone === moment.zone;
  const localMs = isLocal ? moment.localMs : toLocal(as.zone, moment.at);
  return utcText(localMs).slice(0, -1);
}
