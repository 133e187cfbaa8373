import { assertEquals } from "@std/assert";
import { createApp } from "../../src/app.ts";
import { basic, openHouse } from "../harness.ts";

const authorization = `Authorization: ${basic("alice", "alice")}`;

Deno.test("a connection goes on behind an answer that did not need the request's body", async () => {
  await using house = await openHouse();
  const app = createApp(house.services);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
  );
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  connection.setNoDelay(false); // So the body goes out when the head has been received.
  for (let count = 0; count < 3; count++) {
    assertEquals(await exchange(connection, "/dav/"), 401);
    assertEquals(await exchange(connection, "/nowhere/", authorization), 404);
  }
  assertEquals(await exchange(connection, "/dav/", authorization), 207);
});

const utf8 = new TextEncoder();

/** Sends the body behind its head, as Python does; gives the status, 0 where there is no answer. */
async function exchange(
  connection: Deno.Conn,
  path: string,
  ...headers: readonly string[]
): Promise<number> {
  const body = `<propfind xmlns="DAV:"><prop><displayname/></prop></propfind>`;
  const lines = ["Host: x", "Depth: 0", `Content-Length: ${body.length}`, ...headers];
  await connection.write(utf8.encode([`PROPFIND ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n")));
  await connection.write(utf8.encode(body));
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  while (!isWhole(text)) {
    const count = await connection.read(buffer);
    if (count === null) return 0;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return Number(text.split(" ")[1]);
}

function isWhole(text: string): boolean {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const length = /^content-length: (\d+)/mi.exec(head)?.[1];
  const content = rest.join("\r\n\r\n");
  if (length !== undefined) return content.length >= Number(length);
  return content.endsWith("0\r\n") || content.endsWith("0\r\n\r\n");
}
