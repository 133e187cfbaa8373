import { openHouse } from "../harness.ts";
import { shared } from "../shared.ts";
import { type Elsewhere, replay } from "./replay.ts";
import { exchangesIn } from "./trace.ts";

interface Recorded {
  readonly file: string;
  /** Calendars that were there when the recording began. */
  readonly calendars: readonly string[];
  readonly elsewhere: readonly Elsewhere[];
}

const recordings: readonly Recorded[] = [
  {
    file: "thunderbird",
    calendars: ["tb-a1c669b4"],
    elsewhere: [
      { before: 11, like: 12 },
      { before: 34, like: 35 },
      { before: 34, only: "tb-a1c669b4/seed-1.ics" },
      { before: 37, like: 38 },
    ],
  },
  {
    file: "eds",
    calendars: [],
    elsewhere: [
      { before: 5, like: 20 },
      { before: 37, like: 41 },
      { before: 37, like: 42 },
      { before: 37, only: "eds-4723e31c/seed-1.ics" },
      { before: 43, like: 20, only: "seed-3.ics" },
      { before: 47, like: 49 },
    ],
  },
];

for (const { file, calendars, elsewhere } of recordings) {
  const url = shared(`clients/traces/${file}.txt`);
  Deno.test({
    name: `replay: all that ${file} sent, as it was recorded`,
    ignore: url === undefined,
    async fn() {
      const exchanges = exchangesIn(await Deno.readTextFile(url ?? import.meta.url));
      await using house = await openHouse();
      for (const name of calendars) await house.ask("MKCALENDAR", `/dav/calendars/alice/${name}/`);
      await replay(house, { exchanges, home: "/user05/", elsewhere });
    },
  });
}
