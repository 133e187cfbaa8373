import type { Authenticator } from "../access/authenticate.ts";
import { createZones } from "../ical/moment.ts";
import { utcZone } from "../ical/zone.ts";
import { limits } from "../limits.ts";
import type { Services } from "../services.ts";
import { createTurns } from "../turns.ts";
import { davHeader } from "./compliance.ts";
import type { XmlName } from "../xml/names.ts";
import type { Door, LiveProperty, Tables } from "./door.ts";
import { allKinds } from "./resource.ts";

/** The door for these services; made once for each app. */
export function createDoor(
  services: Services,
  tables: Tables,
  authenticator: Authenticator,
): Door {
  const rows = new Map(allKinds.map((kind) => [
    kind,
    new Map(tables.properties.filter(({ on }) => on.includes(kind)).map((row) => [row.name, row])),
  ]));
  const headers = new Map(
    ([undefined, "calendar-home", "files"] as const).map((home) =>
      [home, davHeader(tables, home)] as const
    ),
  );
  const settable = namesOf(tables.properties.filter(({ set }) => set !== undefined));
  return {
    services,
    tables,
    authenticator,
    davHeaderFor: (target) =>
      headers.get(target.kind === "tree" ? target.place.home : undefined) ?? "",
    propertiesOn: (kind) => rows.get(kind) ?? new Map(),
    protectedNames: namesOf(tables.properties).difference(settable),
    zones: createZones(utcZone),
    takeTurn: createTurns(limits.writes),
  };
}

const namesOf = (rows: readonly LiveProperty[]): Set<XmlName> =>
  new Set(rows.map(({ name }) => name));
