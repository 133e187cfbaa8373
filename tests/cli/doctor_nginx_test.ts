import { assertEquals } from "@std/assert";
import { createApp } from "../../src/app.ts";
import { openHouse } from "../harness.ts";
import { findingsOf, wrong } from "./doctor/asked.ts";
import { hasNginx, startNginx } from "./doctor/nginx.ts";

const cases = [
  {
    name: "as it should be",
    location: "proxy_pass UPSTREAM; proxy_set_header Host $http_host; client_max_body_size 0;",
    gives: [],
  },
  {
    name: "as its manual begins",
    location: "proxy_pass UPSTREAM/;",
    gives: [
      "proxy: %2F in a path does not reach davit (404 from nginx)",
      "log-in: COPY is answered with 502",
      "log-in: a file of 10 MiB is answered with 413",
    ],
  },
  {
    name: "with some methods only",
    location: "proxy_pass UPSTREAM; proxy_set_header Host $http_host; client_max_body_size 0; " +
      "limit_except GET PUT POST DELETE PROPFIND PROPPATCH COPY MOVE MKCOL LOCK UNLOCK " +
      "{ deny all; }",
    gives: [
      "proxy: these methods do not reach davit: OPTIONS, REPORT, MKCALENDAR (403 from nginx)",
    ],
  },
];

for (const { name, location, gives } of cases) {
  Deno.test({
    name: `doctor, behind nginx: ${name}`,
    ignore: !hasNginx,
    async fn() {
      await using house = await openHouse();
      const app = createApp(house.services);
      await using server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        (request) => app.fetch(request, { remoteAddress: "127.0.0.1" }),
      );
      await using nginx = await startNginx(`http://127.0.0.1:${server.addr.port}`, location);
      const data = house.file.replace(/\/[^/]*$/, "");
      const found = await findingsOf(["--data", data, "--url", nginx.url, "--user", "alice"]);
      assertEquals(wrong(found).map((one) => one.replace(/nginx\/[\d.]+/, "nginx")), gives);
    },
  });
}
