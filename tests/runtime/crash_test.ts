import { assertGreater } from "@std/assert";
import { type Random, seededCases } from "../seeded.ts";
import { CrashRun } from "./crash.ts";
import { nodeOnSqld, oneProcess, type Place, twoWorkers } from "./crash_places.ts";
import { hasSqld } from "./sqld.ts";

interface Case {
  readonly name: string;
  readonly open: (random: Random) => Promise<Place>;
  /** How often something is killed, in an ordinary run and in a soak. */
  readonly kills: { readonly short: number; readonly full: number };
  readonly ignore?: boolean;
}

const cases: readonly Case[] = [
  { name: "of davit", open: oneProcess, kills: { short: 20, full: 1000 } },
  { name: "of a worker, and of all", open: twoWorkers, kills: { short: 8, full: 1000 } },
  {
    name: "of the libSQL server",
    open: nodeOnSqld,
    kills: { short: 8, full: 1000 },
    ignore: !hasSqld,
  },
];

/** Kills after which a new database is begun; tokens and doubts go on from one to the next. */
const together = 4;

for (const { name, open, kills, ignore } of cases) {
  Deno.test({
    name: `SIGKILL ${name}: what was acknowledged is there, and every sync token goes on`,
    ignore,
    async fn() {
      let acknowledged = 0;
      const { short, full } = kills;
      for (const { seed, random } of seededCases(short / together, full / together)) {
        try {
          await using place = await open(random);
          using run = new CrashRun(place.url, random);
          for (let kill = 0; kill < together; kill++) await once(place, run, kill);
          acknowledged += run.acknowledged;
        } catch (cause) {
          throw new Error(`DAVIT_SEED=${seed}`, { cause });
        }
      }
      assertGreater(acknowledged, short * 20);
      console.log(`${acknowledged} requests acknowledged`);
    },
  });
}

async function once({ blows }: Place, run: CrashRun, kill: number): Promise<void> {
  const blow = blows[kill % blows.length];
  if (blow === undefined) throw new RangeError("nothing to kill");
  const writing = run.begin();
  await writing.answered(20 + run.random.int(100));
  await blow.strike();
  if (!blow.recover) await writing.answered(20);
  await writing.end();
  await blow.recover?.();
  await run.verify();
}
