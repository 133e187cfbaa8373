import { covers } from "../calendar/locks.ts";
import type { Lock } from "../model.ts";
import type { LiveProperty } from "../dav/door.ts";
import { live } from "../dav/properties.ts";
import { isLockable } from "../dav/target.ts";
import { readStored } from "../xml/read.ts";
import { D, type XmlName } from "../xml/names.ts";
import { el, type XmlElement } from "../xml/tree.ts";

/** The properties of class 2 (RFC 4918 §15.8, §15.10); files beside calendars have no locks. */
export const fileProperties: readonly LiveProperty[] = [
  live({
    name: D.lockdiscovery,
    on: ["files", "file"],
    allprop: true,
    get: ({ href, locks }) =>
      isLockable(href) ? locks.filter((lock) => covers(lock, href)).map(activeLock) : undefined,
  }),
  live({
    name: D.supportedlock,
    on: ["files", "file"],
    allprop: true,
    get: ({ href }) => isLockable(href) ? scopes.map(lockEntry) : undefined,
  }),
];

const scopes = [D.exclusive, D.shared];

const lockEntry = (scope: XmlName): XmlElement =>
  el(D.lockentry, [el(D.lockscope, [el(scope)]), el(D.locktype, [el(D.write)])]);

/** DAV:activelock (RFC 4918 §14.1). */
export const activeLock = (lock: Lock): XmlElement =>
  el(D.activelock, [
    el(D.locktype, [el(D.write)]),
    el(D.lockscope, [el(lock.exclusive ? D.exclusive : D.shared)]),
    el(D.depth, [lock.deep ? "infinity" : "0"]),
    ...(lock.ownerXml === undefined ? [] : [readStored(lock.ownerXml)]),
    el(D.timeout, [`Second-${lock.seconds}`]),
    el(D.locktoken, [el(D.href, [lock.token])]),
    el(D.lockroot, [el(D.href, [lock.href])]),
  ]);
