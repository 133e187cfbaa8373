import type { DatabaseFacts } from "../../store/examine.ts";
import { schemaVersion } from "../../store/migrate.ts";
import { about, type Finding, type Mend } from "./finding.ts";

const { ok, warning, problem } = about("database");

/** What is asked of the database, or why it can't be. */
export type Examined =
  | { readonly kind: "examined"; readonly facts: DatabaseFacts }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly place: "folder" | "server"; readonly reason: string };

/** @param where The folder, or the server. */
export function databaseFindings(examined: Examined, where: string): Finding[] {
  if (examined.kind === "absent") {
    return [problem(`there is no database in ${where}`, `davit serve --data ${where}`)];
  }
  if (examined.kind === "failed") {
    const { place, reason } = examined;
    const { mend } = faults[place].find(({ pattern }) => pattern.test(reason)) ?? asDamaged;
    return [problem(`${where} can't be read: ${reason}`, ...mend(where))];
  }
  const { facts } = examined;
  return [
    schemaFinding(facts),
    ...integrityFindings(facts),
    ...journalFindings(facts),
    writableFinding(facts, where),
    ...peopleFindings(facts),
    ...serviceFindings(facts),
  ];
}

interface Fault {
  /** Of what the database, or the system, says. */
  readonly pattern: RegExp;
  readonly mend: (where: string) => Mend;
}

/** To be put back is only what is damaged: what else can be wrong stands first. */
const asDamaged: Pick<Fault, "mend"> = {
  mend: () => ["davit restore FILE   # the last good backup"],
};

const faults: Readonly<Record<"folder" | "server", readonly Fault[]>> = {
  folder: [
    {
      pattern: /readonly|read-only|permission denied|unable to open|not permitted/i,
      mend: givenTo,
    },
    {
      pattern: /is full|no space left|quota exceeded/i,
      mend: (where) => [`df -h ${where}   # make room there`],
    },
    {
      pattern: /disk i\/o error/i, // SQLite says so as well where there is no room for its index.
      mend: (
        where,
      ) => [`df -h ${where}   # is there room?`, "sudo dmesg   # or does the disk fail?"],
    },
    {
      pattern: /is locked|in use/i,
      mend: (where) => [`fuser ${where}/davit.db   # who has it? and then once more`],
    },
  ],
  server: [
    {
      pattern: /\b40[13]\b|unauthori[sz]ed|forbidden|token/i,
      mend: () => ["DAVIT_DATABASE_TOKEN=…   # one that the server accepts"],
    },
    {
      pattern: /(?:)/,
      mend: (where) => [
        `is the libSQL server at ${where} running, and does the firewall let davit through?`,
        "DAVIT_DATABASE_URL=…   # where it is",
      ],
    },
  ],
};

/** For the user that davit runs as, whoever that is. */
function givenTo(where: string): Mend {
  return [
    `sudo -u davit davit doctor --data ${where}   # as the user that davit runs as`,
    `sudo chown -R davit ${where}   # where that user may not either`,
  ];
}

function schemaFinding({ version }: DatabaseFacts): Finding {
  if (version === schemaVersion) return ok(`its schema is of version ${version}, as it should be`);
  if (version > schemaVersion) {
    return problem(
      `its schema is of version ${version}; this davit knows up to ${schemaVersion}`,
      "run the newer davit that made it",
    );
  }
  return warning(
    version === 0 ? "it has no tables" : `its schema is of version ${version}, an older one`,
    "davit serve   # brings it up to date at the start",
  );
}

function integrityFindings({ integrity }: DatabaseFacts): Finding[] {
  if (integrity === undefined) return [];
  if (integrity === "ok") return [ok("it is whole")];
  return [problem(`it is damaged: ${integrity}`, "davit restore FILE   # the last good backup")];
}

function journalFindings({ journalMode }: DatabaseFacts): Finding[] {
  if (journalMode === undefined || journalMode === "wal") return [];
  return [problem(
    `its journal mode is ${journalMode}, not wal: a network file system?`,
    "DAVIT_DATA=/var/lib/davit   # a folder on a local disk",
  )];
}

/** Whether there is room for more is another question: see the folder. */
function writableFinding(
  { unwritable, journalMode }: DatabaseFacts,
  where: string,
): Finding {
  if (unwritable === undefined) return ok("davit may write it");
  const mend: Mend = journalMode === undefined
    ? ["DAVIT_DATABASE_TOKEN=…   # one that may write"]
    : givenTo(where);
  return problem(`it can't be written: ${unwritable}`, ...mend);
}

function peopleFindings({ people, administrators }: DatabaseFacts): Finding[] {
  const add = "davit user add NAME --admin --password-stdin";
  if (people === 0) return [warning("nobody has an account", add)];
  if (administrators === 0) {
    return [warning(`it has ${counted(people, "account")}, and no administrator`, add)];
  }
  return [
    ok(`it has ${counted(people, "account")} and ${counted(administrators, "administrator")}`),
  ];
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;

function serviceFindings({ switchedOff }: DatabaseFacts): Finding[] {
  return [...Map.groupBy(switchedOff, ({ service }) => service)].map(([service, off]) => {
    const people = off.flatMap(({ user }) => user ?? []);
    if (people.length < off.length) {
      return warning(`${service} is off for everybody`, `davit service ${service} on`);
    }
    const some = people.slice(0, namesShown);
    const others = people.length - some.length;
    return warning(
      `${service} is off for ${some.join(", ")}${others > 0 ? ` and ${others} others` : ""}`,
      `davit service ${service} on --user NAME`,
    );
  });
}

/** Of people for whom something is off. */
const namesShown = 3;
