import type { DatabaseFacts } from "../../store/examine.ts";
import { schemaVersion } from "../../store/migrate.ts";
import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("database");

/** What is asked of the database, or why it can't be. */
export type Examined =
  | { readonly kind: "examined"; readonly facts: DatabaseFacts }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly reason: string };

/** @param where The folder, or the server. */
export function databaseFindings(examined: Examined, where: string): Finding[] {
  if (examined.kind === "absent") {
    return [problem(`there is no database in ${where}`, `davit serve --data ${where}`)];
  }
  if (examined.kind === "failed") {
    return [problem(`${where} can't be read: ${examined.reason}`, "davit restore FILE")];
  }
  const { facts } = examined;
  return [
    schemaFinding(facts),
    ...integrityFindings(facts),
    ...journalFindings(facts),
    writableFinding(facts),
    ...peopleFindings(facts),
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

const writableFinding = ({ unwritable }: DatabaseFacts): Finding =>
  unwritable === undefined ? ok("it can be written") : problem(
    `it can't be written: ${unwritable}`,
    "sudo chown -R davit DATA-FOLDER   # for a server: a token that may write",
  );

const peopleFindings = ({ people }: DatabaseFacts): Finding[] =>
  people > 0 ? [ok(`it has ${people} accounts`)] : [
    warning("nobody has an account", "davit user add NAME --password-stdin"),
  ];
