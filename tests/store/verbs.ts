import { limits } from "../../src/limits.ts";
import type { Change, Fact } from "../../src/change.ts";
import type { PrincipalCondition } from "../../src/store/questions.ts";
import type { Store } from "../../src/store/store.ts";
import {
  attachmentOf,
  ids,
  look,
  make,
  makePrincipal,
  now,
  property,
  put,
  remove,
  settled,
} from "./world.ts";

const { alice, bob, calendar, home, tasks } = ids;

const blob = { offsetBytes: 0, blobId: 50, sizeBytes: 9 };

const attachment = attachmentOf("managed", { link: "link", blobId: 50 });

/** One fact of each kind; most of them hold. */
const facts: { readonly [K in Fact["kind"]]: Extract<Fact, { kind: K }> } = {
  "access": { kind: "access", principalId: alice, accessVersion: 1 },
  "collection": { kind: "collection", id: calendar, settings: 1 },
  "unchanged": { kind: "unchanged", id: calendar, commit: 1 },
  "member": { kind: "member", collectionId: calendar, name: "b", etag: undefined },
  "uid-free": { kind: "uid-free", collectionId: calendar, uid: "u", name: "b" },
  "locks": { kind: "locks", homeId: home, tokens: [], at: now },
  "principal": { kind: "principal", id: alice, accessVersion: 1, credentialVersion: 1 },
  "name-free": { kind: "name-free", nameKey: "carol" },
  "address-free": { kind: "address-free", address: "c@example.org", principalId: alice },
  "stored-most": { kind: "stored-most", ownerId: alice, bytes: 9 },
  "uploads": { kind: "uploads", blobs: [{ ...blob, digest: "x" }] },
  "blobs": { kind: "blobs", blobIds: [50] },
  "attachments": { kind: "attachments", ids: ["managed"] },
  "nobody-yet": { kind: "nobody-yet" },
};

/** One change of each kind, which may be committed in this order in {@linkcode filled}. */
const changes: { readonly [K in Change["kind"]]: Change } = {
  "put-attachment": { kind: "put-attachment", attachment, digest: "y" },
  "put-object": put("new", {
    participants: [{ address: "mailto:a@example.org", role: "attendee" }],
    blobs: [blob],
    attachments: [attachment],
  }),
  "move-object": { kind: "move-object", from: at("b"), to: at("c"), at: now },
  "copy-object": { kind: "copy-object", from: at("a"), to: at("d", tasks), etag: '"d"', at: now },
  "delete-object": remove("c"),
  "make-collection": make({ id: 30, name: "made" }),
  "move-collection": {
    kind: "move-collection",
    id: 30,
    to: at("moved", home),
    ownerId: alice,
    at: now,
  },
  "set-collection": { kind: "set-collection", id: 30, displayName: "x", timezone: null, at: now },
  "set-property": property({ kind: "object", id: 1, collectionId: calendar }, "<x/>"),
  "copy-properties": { kind: "copy-properties", from: calendar, to: 30 },
  "delete-collection": { kind: "delete-collection", id: 30, at: now },
  "drop-uploads": { kind: "drop-uploads", blobIds: [51] },
  "put-lock": {
    kind: "put-lock",
    homeId: home,
    lock: {
      token: "lock:1",
      href: "/",
      principalId: alice,
      exclusive: true,
      deep: true,
      seconds: 60,
      expires: now,
    },
  },
  "delete-locks": { kind: "delete-locks", tokens: ["lock:1"] },
  "make-principal": makePrincipal({ id: 4, name: "team", kind: "group" }),
  "set-principal": { kind: "set-principal", id: bob, admin: true },
  "set-bounds": { kind: "set-bounds", id: bob, quotaBytes: 9, resourceBytes: 5 },
  "set-addresses": { kind: "set-addresses", principalId: bob, addresses: ["b@example.org"] },
  "set-members": { kind: "set-members", groupId: 4, members: ["alice", "bob"] },
  "set-password": { kind: "set-password", principalId: bob, hash: "#", created: now },
  "add-app-password": {
    kind: "add-app-password",
    principalId: bob,
    label: "phone",
    hash: "#",
    created: now,
  },
  "switch-service": { kind: "switch-service", service: "x", principalId: bob, on: false },
  "revoke-app-password": { kind: "revoke-app-password", principalId: bob, label: "phone" },
};

const replace = put("a", { etag: '"2"' }, { replaces: true });
const unset = property({ kind: "object", id: 1, collectionId: calendar }, null);

/** Each verb with all that it can be asked, in {@linkcode filled}, in this order. */
export const verbs: { readonly [K in Exclude<keyof Store, "close">]: Calls } = {
  load: [
    (store) => look(store, [], { children: true }),
    (store) => look(store, ["calendar", "a"]),
    (store) => look(store, ["calendar", "a"], { body: true, properties: true, uid: "x" }),
    (store) =>
      look(store, [], {
        also: [tree("calendar"), tree("x")],
        locksAt: 0,
        used: true,
        digests: ["x"],
        attachments: ["managed", "x"],
      }),
    (store) => store.load({ asker: alice, place: { kind: "fixed" } }),
    (store) => store.load({ asker: alice, place: principal, properties: true }),
    (store) => store.load({ asker: alice, place: { kind: "attachment", id: "managed" } }),
  ],
  loadAll: [
    (store) =>
      store.loadAll([
        { asker: alice, place: principal, properties: true },
        { asker: alice, place: tree("calendar"), locksAt: 0, used: true },
        { asker: alice, place: tree("x") },
      ]),
  ],
  findPrincipals: [
    (store) => store.findPrincipals(everyCondition, { asker: alice, limit: 9 }),
    (store) =>
      store.findPrincipals({ kind: "identity", id: alice }, { asker: alice, after: "a", limit: 9 }),
  ],
  tags: [(store) => store.tags(calendar, 9)],
  members: [
    (store) => store.members(calendar, { limit: limits.pageRows, detail: "properties" }),
    (store) => store.members(calendar, { after: "a", limit: 1, detail: "columns" }),
    (store) => store.members(calendar, { limit: 9, detail: "tag" }),
    (store) => store.members(calendar, { limit: 9, detail: "columns", components: ["VEVENT"] }),
    (store) => store.members(calendar, { limit: 9, detail: "columns", components: ["VEVENT"] }),
  ],
  children: [(store) => store.children(home, alice)],
  subtree: [
    (store) => store.subtree(home, alice, 99),
    (store) => store.subtree(home, alice, 99, "{x}name"),
  ],
  objectsNamed: [
    (store) => Array.fromAsync(store.objectsNamed(calendar, ["a", "b", "x"], "columns")),
    (store) => Array.fromAsync(store.objectsNamed(calendar, ["a", "b", "x"], "properties")),
  ],
  objectsOf: [
    (store) => Array.fromAsync(store.objectsOf(calendar, { detail: "properties" })),
    (store) =>
      Array.fromAsync(store.objectsOf(calendar, { components: ["VEVENT"], detail: "columns" })),
  ],
  candidates: [
    (store) => Array.fromAsync(store.candidates([{ ...query, collectionId: calendar }], "objects")),
    (store) => Array.fromAsync(store.candidates([{ ...query, collectionId: tasks }], "busy")),
  ],
  membersWithIds: [
    (store) => store.membersWithIds(calendar, [1, 99], "properties"),
    (store) => store.membersWithIds(calendar, [1, 99], "columns"),
  ],
  objectsWithIds: [
    (store) => Array.fromAsync(store.objectsWithIds(calendar, [1, 2, 99], "columns")),
    (store) => Array.fromAsync(store.objectsWithIds(calendar, [1, 2, 99], "properties")),
  ],
  staleObjects: [(store) => store.staleObjects("2026a", 9)],
  putTimeIndexes: [(store) => store.putTimeIndexes([{ id: 1, etag: '"1"' }])],
  changesSince: [
    (store) =>
      store.changesSince(calendar, { commit: 0 }, { limit: 9, asker: alice, detail: "tag" }),
    (store) =>
      store.changesSince(home, { commit: 1, name: "a" }, { limit: 9, asker: alice, detail: "tag" }),
  ],
  loginFacts: [(store) => store.loginFacts("alice", "::1", 0)],
  recordLoginFailure: [(store) => store.recordLoginFailure("alice", "::1", 0)],
  touchCredential: [(store) => store.touchCredential(1, 0)],
  principals: [(store) => store.principals()],
  principalNamed: [(store) => store.principalNamed("alice")],
  appPasswords: [(store) => store.appPasswords(alice)],
  switchedOff: [(store) => store.switchedOff()],
  writeChunks: [
    (store) => store.writeChunks([chunkOf(50), chunkOf(51), chunkOf(52)], 0),
  ],
  readChunks: [(store) => store.readChunks([{ blobId: 50, position: 0, count: 9 }])],
  attachmentAt: [(store) => store.attachmentAt("link", "attachments")],
  dropUploads: [(store) => store.dropUploads([{ blobId: 52, sizeBytes: 9 }])],
  commit: [
    (store) => store.commit(Object.values(facts), [put("x")]),
    (store) => store.commit([], Object.values(changes)),
    (store) => store.commit([], [replace, unset]),
  ],
  upkeep: [(store) => store.upkeep({ now, keptFrom: now })],
  check: [(store) => store.check()],
};

const query = { components: ["VEVENT", "VFREEBUSY"], start: 0, end: now };

type Calls = readonly ((store: Store) => Promise<unknown>)[];

/** The world for {@linkcode verbs}. */
export async function filled(store: Store): Promise<void> {
  await settled(store);
  await store.commit([], [put("a"), put("b")]);
}

const principal = { kind: "principal", principalKind: "individual", name: "alice" } as const;

const texts = (["display", "first", "last", "address", "mailto"] as const).map((field) => (
  { kind: "text", field, place: "contains", text: "A" } as const
));

const everyCondition: PrincipalCondition = {
  kind: "any",
  of: [
    ...texts,
    { kind: "all", of: [{ kind: "enabled" }, { kind: "kinds", kinds: ["group"] }] },
    { kind: "name", name: "bob" },
  ],
};

const tree = (...segments: readonly string[]) => (
  { kind: "tree", home: "calendar-home", owner: "alice", segments } as const
);

const chunkOf = (blobId: number) => ({ blobId, position: 0, data: new Uint8Array(9) });

function at(name: string, collectionId: number = calendar) {
  return { collectionId, name };
}
