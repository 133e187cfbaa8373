import { assert, assertEquals } from "@std/assert";
import { C, D, type XmlName } from "../../src/xml/names.ts";
import { childNamed, elementsOf, hrefTextOf } from "../../src/xml/tree.ts";
import { event } from "../fixtures/events.ts";
import { basic, type House, multistatusOf, openHouse, xmlOf } from "../harness.ts";

const home = "/dav/calendars/alice/";
const calendar = `${home}calendar/`;
const existing = `${calendar}a.ics`;
const item = { "content-type": "text/calendar" };
const whoAmI = `<propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>`;
const rename =
  `<propertyupdate xmlns="DAV:"><set><prop><displayname>Mine</displayname></prop></set>` +
  `</propertyupdate>`;
const caldav = "urn:ietf:params:xml:ns:caldav";
const multiget = `<multiget xmlns="${caldav}"/>`;
const mkcol = `<mkcol xmlns="DAV:"><set><prop><resourcetype><collection/><c:calendar xmlns:c="` +
  `${caldav}"/></resourcetype></prop></set></mkcol>`;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request to alice's home, what it needs there, and on which resource. */
interface Guarded extends Asked {
  readonly needs: XmlName;
  readonly on: string;
  /** For her, and for whoever has DAV:all. */
  readonly status: number;
}

const guarded: readonly Guarded[] = [
  { method: "OPTIONS", path: home, needs: D.read, on: home, status: 200 },
  { method: "GET", path: existing, needs: D.read, on: existing, status: 200 },
  { method: "HEAD", path: existing, needs: D.read, on: existing, status: 200 },
  { method: "GET", path: `${calendar}no.ics`, needs: D.read, on: calendar, status: 404 },
  { method: "GET", path: `${home}no/no.ics`, needs: D.read, on: home, status: 404 },
  {
    method: "PROPFIND",
    path: home,
    headers: { depth: "1" },
    body: whoAmI,
    needs: D.read,
    on: home,
    status: 207,
  },
  {
    method: "REPORT",
    path: calendar,
    body: `<sync-collection xmlns="DAV:"><sync-token/><prop/></sync-collection>`,
    needs: D.read,
    on: calendar,
    status: 207,
  },
  { method: "REPORT", path: home, body: multiget, needs: D.read, on: home, status: 403 },
  {
    method: "PUT",
    path: `${calendar}new.ics`,
    headers: item,
    body: event({ uid: "new" }),
    needs: D.bind,
    on: calendar,
    status: 201,
  },
  {
    method: "PUT",
    path: existing,
    headers: item,
    body: event({ uid: "a", summary: "Theirs" }),
    needs: D.writeContent,
    on: existing,
    status: 204,
  },
  {
    method: "PUT",
    path: `${calendar}broken.ics`,
    headers: item,
    body: "not a calendar",
    needs: D.bind,
    on: calendar,
    status: 403,
  },
  {
    method: "PROPPATCH",
    path: calendar,
    body: rename,
    needs: D.writeProperties,
    on: calendar,
    status: 207,
  },
  { method: "MKCALENDAR", path: `${home}new/`, needs: D.bind, on: home, status: 201 },
  { method: "MKCOL", path: `${home}new/`, body: mkcol, needs: D.bind, on: home, status: 201 },
  { method: "DELETE", path: existing, needs: D.unbind, on: calendar, status: 204 },
  { method: "DELETE", path: calendar, needs: D.unbind, on: home, status: 204 },
  {
    method: "MOVE",
    path: existing,
    headers: { destination: `${calendar}moved.ics` },
    needs: D.unbind,
    on: calendar,
    status: 201,
  },
  {
    method: "COPY",
    path: existing,
    headers: { destination: `${home}tasks/copied.ics` },
    needs: D.read,
    on: existing,
    status: 403, // the list takes no events
  },
];

/** Alice's home with one event in it. */
async function homeOfAlice(settings = {}): Promise<House> {
  const house = await openHouse({ settings });
  await house.ask("PUT", existing, { headers: item, body: event({ uid: "a" }) });
  return house;
}

/** Which privilege is missing on what (RFC 3744 §7.1.1). */
async function missing(response: Response): Promise<readonly (string | undefined)[]> {
  const error = await xmlOf(response);
  const resource = childNamed(childNamed(error, D.needPrivileges) ?? error, D.resource);
  const href = resource && childNamed(resource, D.href);
  const privilege = resource && childNamed(resource, D.privilege);
  return [href && hrefTextOf(href), privilege && elementsOf(privilege)[0]?.name];
}

for (const { needs, on, status, ...asked } of guarded) {
  const { method, path, headers, body } = asked;
  const what = `${method} ${path} ${body?.slice(0, 14) ?? ""}`.trim();

  Deno.test(`access: bob's ${what} in alice's home is refused by need-privileges`, async () => {
    await using house = await homeOfAlice();
    const refused = await house.ask(method, path, { as: "bob", headers, body });
    assertEquals(refused.status, 403);
    if (method !== "HEAD") assertEquals(await missing(refused), [on, needs]);
    const after = await house.ask("GET", existing);
    assertEquals(await after.text(), event({ uid: "a" }));
  });

  Deno.test(`access: ${what} by alice, or by an administrator where it is switched on`, async () => {
    for (
      const [as, adminDav, gives] of [
        ["alice", false, status],
        ["root", true, status],
        ["root", false, 403],
      ] as const
    ) {
      await using house = await homeOfAlice({ adminDav });
      const response = await house.ask(method, path, { as, headers, body });
      assertEquals(response.status, gives, `${as}, ${adminDav}`);
      await response.body?.cancel();
    }
  });
}

for (const method of ["COPY", "MOVE"]) {
  Deno.test(`access: bob's ${method} of his own event to alice's calendar is refused`, async () => {
    await using house = await homeOfAlice();
    const own = "/dav/calendars/bob/calendar/b.ics";
    await house.ask("PUT", own, { as: "bob", headers: item, body: event({ uid: "b" }) });
    const headers = { destination: `${calendar}b.ics` };
    const refused = await house.ask(method, own, { as: "bob", headers });
    assertEquals([refused.status, await missing(refused)], [403, [calendar, D.bind]]);
    assertEquals((await house.ask("GET", `${calendar}b.ics`)).status, 404);
    assertEquals((await house.ask("GET", own, { as: "bob" })).status, 200);
  });
}

const privilegeSet = `<propfind xmlns="DAV:"><prop><current-user-privilege-set/></prop></propfind>`;

Deno.test("access: current-user-privilege-set tells what is granted, with all that it contains", async () => {
  await using house = await openHouse();
  const held = async (as: string, path: string) => {
    const found = await multistatusOf(
      await house.ask("PROPFIND", path, { as, headers: { depth: "0" }, body: privilegeSet }),
    );
    const set = found.responses[0]?.prop(D.currentUserPrivilegeSet);
    return (set ? elementsOf(set) : []).flatMap((one) => elementsOf(one).map(({ name }) => name));
  };
  const everything = await held("alice", calendar);
  for (const one of [D.all, D.read, C.readFreeBusy, D.write, D.writeContent, D.bind, D.unbind]) {
    assert(everything.includes(one), one);
  }
  assertEquals(await held("root", calendar), everything);
  const principal = "/dav/principals/users/alice/";
  assert((await held("alice", principal)).includes(D.writeProperties));
  assertEquals(
    await held("bob", principal),
    [D.read, C.readFreeBusy, D.readCurrentUserPrivilegeSet],
  );
});

Deno.test("access: everybody reads principals, and writes only to their own", async () => {
  await using house = await openHouse();
  const own = `<propertyupdate xmlns="DAV:"><set><prop><x xmlns="urn:x">1</x></prop></set>` +
    `</propertyupdate>`;
  const answers = async (as: string, path: string) => {
    const read = await house.ask("PROPFIND", path, { as, headers: { depth: "0" }, body: whoAmI });
    const written = await house.ask("PROPPATCH", path, { as, body: own });
    return [read.status, written.status];
  };
  assertEquals(await answers("alice", "/dav/principals/users/alice/"), [207, 207]);
  assertEquals(await answers("bob", "/dav/principals/users/alice/"), [207, 403]);
});

Deno.test("access: what nobody has is not found", async () => {
  await using house = await openHouse();
  for (const path of ["/dav/calendars/nobody/", "/dav/principals/users/nobody/", "/dav/nothing"]) {
    const response = await house.ask("PROPFIND", path, { headers: { depth: "0" }, body: whoAmI });
    assertEquals(response.status, 404, path);
  }
});

const logins: readonly {
  readonly login: string;
  readonly password: string;
  readonly is: string;
}[] = [
  { login: "alice", password: "alice", is: "/dav/principals/users/alice/" },
  { login: "ALICE", password: "alice", is: "/dav/principals/users/alice/" },
  { login: "alice@example.test", password: "alice", is: "/dav/principals/users/alice/" },
  {
    login: "carol@example.test",
    password: "carol@example.test",
    is: "/dav/principals/users/carol@example.test/",
  },
  {
    login: "Carol@Mail.Test",
    password: "carol@example.test",
    is: "/dav/principals/users/carol@example.test/",
  },
  {
    login: "Jürgen Müller",
    password: "Jürgen Müller",
    is: "/dav/principals/users/J%C3%BCrgen%20M%C3%BCller/",
  },
  {
    login: "juergen@example.test",
    password: "Jürgen Müller",
    is: "/dav/principals/users/J%C3%BCrgen%20M%C3%BCller/",
  },
];

for (const { login, password, is } of logins) {
  Deno.test(`access: ${login} logs in, and finds their home`, async () => {
    await using house = await openHouse();
    const headers = { depth: "0", authorization: basic(login, password) };
    const ask = async (path: string, body: string) =>
      await multistatusOf(await house.ask("PROPFIND", path, { as: null, headers, body }));
    const found = await ask("/", whoAmI);
    assertEquals(found.responses[0]?.hrefs(D.currentUserPrincipal), [is]);
    const homeSet = `<propfind xmlns="DAV:"><prop><calendar-home-set xmlns="${caldav}"/></prop>` +
      `</propfind>`;
    const [own = ""] = (await ask(is, homeSet)).responses[0]?.hrefs(C.calendarHomeSet) ?? [];
    assertEquals((await ask(own, whoAmI)).hrefs, [own]);
  });
}

const wrong: readonly { readonly name: string; readonly authorization: string }[] = [
  { name: "a wrong password", authorization: basic("alice", "Alice") },
  { name: "nobody's name", authorization: basic("nobody", "nobody") },
  { name: "an empty password", authorization: basic("alice", "") },
  { name: "another scheme", authorization: "Bearer alice" },
  { name: "no base64", authorization: "Basic ???" },
];

for (const { name, authorization } of wrong) {
  Deno.test(`access: ${name} is 401, with a challenge`, async () => {
    await using house = await openHouse();
    const response = await house.ask("GET", existing, { as: null, headers: { authorization } });
    assertEquals(response.status, 401);
    assertEquals(response.headers.get("www-authenticate"), 'Basic realm="davit", charset="UTF-8"');
  });
}
