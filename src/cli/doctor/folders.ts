import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("folders");

export interface FolderFacts {
  readonly path: string;
  /** Why no file can be made in it; undefined: one was. */
  readonly unwritable?: string;
  /** Whether that is for want of room. */
  readonly full?: boolean;
  /** Its permission bits; undefined where the system has none. */
  readonly mode?: number;
  /** Whether programs and libraries in it can't be run; undefined where that is not known. */
  readonly noexec?: boolean;
  readonly freeBytes?: number;
}

/** Less than this is a matter of days. */
const freeBytesWarning = 1024 * 1024 * 1024;
/** Less than this is one of hours. */
const freeBytesProblem = 64 * 1024 * 1024;

/** The folder of the database. */
export function dataFolderFindings(facts: FolderFacts): Finding[] {
  const { path, unwritable, full, mode, freeBytes } = facts;
  if (full) return [problem(`there is no room in ${path}: ${unwritable}`, ...makeRoom(path))];
  if (unwritable !== undefined) {
    return [
      problem(`nothing can be written in ${path}: ${unwritable}`, `sudo chown davit ${path}`),
    ];
  }
  const open = mode !== undefined && (mode & 0o007) !== 0;
  return [
    ok(`${path} can be written`),
    ...(open
      ? [
        warning(
          `whoever has an account on this machine may look into ${path}`,
          `chmod 700 ${path}`,
        ),
      ]
      : []),
    ...spaceFindings(path, freeBytes),
  ];
}

function spaceFindings(path: string, freeBytes: number | undefined): Finding[] {
  if (freeBytes === undefined || freeBytes >= freeBytesWarning) return [];
  const says = `${Math.floor(freeBytes / 1024 / 1024)} MiB are free in ${path}`;
  const report = freeBytes < freeBytesProblem ? problem : warning;
  return [report(says, ...makeRoom(path))];
}

const makeRoom = (path: string) =>
  [
    `df -h ${path}   # make room there: what is put is refused with 507 meanwhile`,
    "DAVIT_DATA=/var/lib/davit   # or move it to a folder on a larger disk",
  ] as const;

/**
 * Where the executable unpacks its database library.
 *
 * @param executable Whether it is we who run from it; else it matters to another davit only.
 */
export function temporaryFolderFinding(
  { path, unwritable, full, noexec }: FolderFacts,
  executable: boolean,
): Finding {
  const fault = unwritable === undefined
    ? noexec ? "it is mounted noexec" : undefined
    : `it can't be written: ${unwritable}`;
  if (fault === undefined) return ok(`the executable can use ${path} for its database library`);
  const report = executable ? problem : warning;
  return report(
    `the executable can't unpack its database library to ${path}: ${fault}`,
    full
      ? `df -h ${path}   # make room there`
      : "TMPDIR=/var/lib/davit/tmp   # a private folder that is writable and not noexec",
  );
}
