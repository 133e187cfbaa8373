import { dayMs } from "./duration.ts";
import { slowOffsets } from "./zone.ts";

/**
 * A fingerprint of the runtime's time zone data, which tells its version nowhere: it moves with what
 * becomes of the clocks of countries that changed their law in recent years.
 */
export const timeZoneVersion = (): string => fingerprint.value ??= fingerprintNow();

/** The data is the same as long as the process runs, and reading it takes some 5 ms. */
const fingerprint: { value?: string } = {};

function fingerprintNow(): string {
  let hash = 0x811c9dc5;
  for (const name of restless) {
    const offsetAt = slowOffsets(name);
    for (let at = first; at < last; at += 91 * dayMs) {
      // FNV-1a, by minutes.
      hash = Math.imul(hash ^ (offsetAt?.(at) ?? 1) / 60_000, 0x01000193);
    }
  }
  return (hash >>> 0).toString(36);
}

const first = Date.UTC(2023, 0, 15);
const last = Date.UTC(2030, 0, 15);

const restless = [
  "Africa/Cairo",
  "Africa/Casablanca",
  "Africa/Juba",
  "America/Asuncion",
  "America/Ciudad_Juarez",
  "America/Edmonton",
  "America/Mexico_City",
  "America/New_York",
  "America/Nuuk",
  "America/Santiago",
  "America/Scoresbysund",
  "America/Vancouver",
  "America/Whitehorse",
  "Antarctica/Casey",
  "Antarctica/Troll",
  "Antarctica/Vostok",
  "Asia/Almaty",
  "Asia/Amman",
  "Asia/Beirut",
  "Asia/Damascus",
  "Asia/Gaza",
  "Asia/Kolkata",
  "Asia/Manila",
  "Asia/Qostanay",
  "Asia/Tehran",
  "Australia/Sydney",
  "Europe/Berlin",
  "Europe/Chisinau",
  "Europe/Istanbul",
  "Europe/Kyiv",
  "Europe/London",
  "Europe/Volgograd",
  "Pacific/Apia",
  "Pacific/Fiji",
  "Pacific/Norfolk",
];
