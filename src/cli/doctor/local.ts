import type { Config, SettingOrigin } from "../../config.ts";
import { examineFile, examineServer } from "../../store/examine.ts";
import { exists } from "../file_info.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../io.ts";
import { keyPairFiles, keyPairNames, readKeyPair } from "../key_pair.ts";
import { endOf } from "./certificate.ts";
import type { Examined } from "./database.ts";
import { fileSystemAt } from "./file_system.ts";
import { about, type Finding } from "./finding.ts";
import type { FolderFacts } from "./folders.ts";
import { validityFinding } from "./tls.ts";

/** Looks at the database without making or changing one. */
export async function examineDatabase(config: Config): Promise<Examined> {
  const { data, databaseUrl, databaseToken } = config;
  const path = `${data}/davit.db`;
  try {
    if (databaseUrl !== undefined) {
      return { kind: "examined", facts: await examineServer(databaseUrl, databaseToken) };
    }
    if (!await exists(path)) return { kind: "absent" };
    return { kind: "examined", facts: await examineFile(path) };
  } catch (error) {
    const place = databaseUrl === undefined ? "folder" : "server";
    return { kind: "failed", place, reason: reasonOf(error) };
  }
}

/** The certificate and key that davit uses itself, where it does. */
export async function keyPairFindings(
  config: Config,
  origins: readonly SettingOrigin[],
  days: number,
): Promise<Finding[]> {
  const files = keyPairFiles(config);
  if (files === undefined) return [];
  try {
    const { cert } = await readKeyPair(files, keyPairNames(origins));
    return [validityFinding({ of: files.tlsCert, endsMs: endOf(cert) }, Date.now(), days)];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [
      about("tls").problem(error.message, "DAVIT_TLS_CERT=fullchain.pem DAVIT_TLS_KEY=privkey.pem"),
    ];
  }
}

/** Tries a folder. */
export async function examineFolder(path: string): Promise<FolderFacts> {
  const { noexec, freeBytes } = fileSystemAt(path) ?? {};
  const unwritable = await writeFault(path);
  const mode = await Deno.stat(path).then(({ mode }) => mode ?? undefined, () => undefined);
  return {
    path,
    unwritable: unwritable && reasonOf(unwritable),
    full: isFull(unwritable),
    mode,
    noexec,
    freeBytes,
  };
}

/** Where a program may put files for a while, by its environment. */
export const temporaryFolder = ({ env }: Io): string =>
  env.TMPDIR || env.TMP || env.TEMP || (Deno.build.os === "windows" ? "C:\\Windows\\Temp" : "/tmp");

/** Why no file can be made in a folder; none stays there. */
async function writeFault(folder: string): Promise<Error | undefined> {
  const path = `${folder}/.davit-doctor-${crypto.randomUUID()}`;
  try {
    using file = await Deno.open(path, { createNew: true, write: true });
    try {
      await file.write(new Uint8Array(1));
      await file.sync();
    } finally {
      await Deno.remove(path);
    }
    return undefined;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

const isFull = (error: Error | undefined): boolean =>
  error !== undefined && "code" in error && ["ENOSPC", "EDQUOT"].includes(String(error.code));

/** Without the path, which is said beside it. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/: \w+ '.*'$/, "");
