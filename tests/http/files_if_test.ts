import { assertEquals } from "@std/assert";
import { openHouse } from "../harness.ts";
import { home, status, take, withIf } from "./locks.ts";

/** The `If` header in every form (RFC 4918 §10.4). */

interface IfCase {
  /** `LOCK` and `ETAG` stand for those of the file x, `OTHER` for the ETag of y. */
  readonly value: string;
  readonly status: number;
}

const ifs: readonly IfCase[] = [
  { value: "(<LOCK>)", status: 204 },
  { value: "(<LOCK> [ETAG])", status: 204 },
  { value: '(<LOCK> ["x"])', status: 412 },
  { value: '(["x"]) (<LOCK> [ETAG])', status: 204 },
  { value: '(<LOCK> Not ["x"])', status: 204 },
  { value: "(<LOCK> Not [ETAG])", status: 412 },
  { value: "(Not <DAV:no-lock> <LOCK>)", status: 204 },
  { value: "(<LOCK>) (Not <DAV:no-lock>)", status: 204 },
  { value: "(Not <LOCK>)", status: 412 },
  { value: "(Not <LOCK>) (Not <DAV:no-lock>)", status: 204 },
  { value: "([ETAG])", status: 423 },
  { value: "(Not <DAV:no-lock>)", status: 423 },
  { value: "(<urn:uuid:other>)", status: 412 },
  { value: "(<DAV:no-lock>) (<urn:uuid:other>)", status: 412 },
  { value: `<${home}x> (<LOCK>)`, status: 204 },
  { value: `<http://localhost${home}x> (<LOCK> [ETAG])`, status: 204 },
  { value: `<${home}%78> (<LOCK>)`, status: 204 },
  { value: `<${home}x> (<LOCK>) <${home}y> ([OTHER])`, status: 204 },
  { value: `<${home}x> (<urn:uuid:other>) <${home}y> ([OTHER])`, status: 423 },
  { value: `<${home}y> ([OTHER] <LOCK>)`, status: 412 },
  { value: `<${home}y> ([OTHER]) (<LOCK>)`, status: 204 },
  { value: `<${home}y> (["x"])`, status: 412 },
  { value: `<${home}none> (<LOCK>)`, status: 412 },
  { value: `<${home}none> (Not <LOCK> Not ["x"])`, status: 204 },
  { value: "<http://elsewhere.test/x> (<LOCK>)", status: 412 },
  { value: "(W/ETAG)", status: 400 },
  { value: "", status: 400 },
  { value: "()", status: 400 },
  { value: "(<LOCK>", status: 400 },
  { value: "<LOCK>", status: 400 },
  { value: "(LOCK)", status: 400 },
  { value: `(<LOCK>) <${home}x> (<LOCK>)`, status: 400 },
  { value: "(<LOCK>) x", status: 400 },
  { value: "(Not)", status: 400 },
  { value: "(Not Not <LOCK>)", status: 400 },
  { value: "([ETAG)", status: 400 },
  { value: "(".repeat(5_000), status: 400 },
];

for (const { value, status: expected } of ifs) {
  Deno.test(`PUT of a locked file with If: ${value.slice(0, 80)}: ${expected}`, async () => {
    await using house = await openHouse();
    const put = (path: string) => house.ask("PUT", home + path, { body: "1" });
    const [x, y] = [await put("x"), await put("y")].map((one) => one.headers.get("etag") ?? "");
    const { token } = await take(house, "x");
    const given = value.replaceAll("LOCK", token).replaceAll("ETAG", x ?? "")
      .replaceAll("OTHER", y ?? "");
    assertEquals(await status(house, "PUT", "x", withIf(given, { body: "2" })), expected);
    const left = await (await house.ask("GET", `${home}x`)).text();
    assertEquals(left, expected === 204 ? "2" : "1");
  });
}
