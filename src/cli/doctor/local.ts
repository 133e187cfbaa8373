import type { Config } from "../../config.ts";
import { examineFile, examineServer } from "../../store/examine.ts";
import { exists } from "../file_info.ts";
import { CommandError } from "../errors.ts";
import type { Io } from "../io.ts";
import { keyPairFiles, readKeyPair } from "../key_pair.ts";
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
    return { kind: "failed", reason: reasonOf(error) };
  }
}

/** The certificate and key that davit uses itself, where it does. */
export async function keyPairFindings(config: Config, days: number): Promise<Finding[]> {
  const files = keyPairFiles(config);
  if (files === undefined) return [];
  try {
    const { cert } = await readKeyPair(files);
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
  const unwritable = await unwritableReason(path);
  const mode = await Deno.stat(path).then(({ mode }) => mode ?? undefined, () => undefined);
  return { path, unwritable, mode, noexec, freeBytes };
}

/** Where a program may put files for a while, by its environment. */
export const temporaryFolder = ({ env }: Io): string =>
  env.TMPDIR || env.TMP || env.TEMP || (Deno.build.os === "windows" ? "C:\\Windows\\Temp" : "/tmp");

async function unwritableReason(folder: string): Promise<string | undefined> {
  const path = `${folder}/.davit-doctor-${crypto.randomUUID()}`;
  try {
    using file = await Deno.open(path, { createNew: true, write: true });
    await file.write(new Uint8Array(1));
    await file.sync();
  } catch (error) {
    return reasonOf(error);
  }
  await Deno.remove(path);
  return undefined;
}

/** Without the path, which is said beside it. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/: \w+ '.*'$/, "");
