import windowsZones from "cldr-core/supplemental/windowsZones.json" with { type: "json" };

/** The IANA zone for what Windows calls a zone, in any case; undefined where it calls none so. */
export const windowsZone = (name: string): string | undefined => zones.get(name.toLowerCase());

/** What CLDR (UTS #35, Part 4) says for the whole world, whatever the country. */
const zones: ReadonlyMap<string, string> = new Map(
  windowsZones.supplemental.windowsZones.mapTimezones
    .filter(({ mapZone }) => mapZone._territory === "001")
    .map(({ mapZone: { _other, _type } }) => [_other.toLowerCase(), _type]),
);
