import type { Principal } from "../model.ts";
import { Refusal } from "../refusal.ts";

/** What an administrator can switch off, for all or for one; the parts of the server that people use. */
export const serviceNames = ["caldav", "files", "attachments"] as const;
export type ServiceName = (typeof serviceNames)[number];

export const isServiceName = (name: string): name is ServiceName =>
  (serviceNames as readonly string[]).includes(name);

/** The service that serves each tree; principals and discovery have no switch. */
export const serviceOfHome = { "calendar-home": "caldav", files: "files" } as const;

/** Long enough not to be asked all the time, short enough to be noticed when it is on again. */
const retryAfterSeconds = 300;

/**
 * @throws {Refusal} 503 while the service is off. Not 403: some programs would drop what they have.
 */
export function requireService(
  service: ServiceName,
  switchedOff: readonly string[],
  { name }: Pick<Principal, "name">,
): void {
  if (switchedOff.includes(service)) throw serviceIsOff(`${service} for ${name}`);
}

/** `what`: the service, and for whom. */
export function serviceIsOff(what: string): Refusal {
  const text = `the administrator has switched off ${what}`;
  return new Refusal(503, undefined, { text, retryAfterSeconds });
}
