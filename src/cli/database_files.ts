import { exists, infoOf } from "./file_info.ts";

/** A database as the files that it is: the file itself, and what SQLite keeps beside it. */

const besides = ["-wal", "-shm", "-journal"];

/** Removes all of them that are there. */
export async function forget(path: string): Promise<void> {
  for (const suffix of ["", ...besides]) {
    if (await exists(path + suffix)) await Deno.remove(path + suffix);
  }
}

/**
 * Gives all of them that are there another name, under which they are a database still: what SQLite
 * keeps beside it may hold the latest of it. Gives the name; undefined where nothing was there.
 */
export async function moveAside(path: string): Promise<string | undefined> {
  const before = `${path}.before-${new Date().toISOString().replace(/[^0-9]/g, "")}`;
  const moved: string[] = [];
  for (const suffix of ["", ...besides]) {
    if (!await exists(path + suffix)) continue;
    await Deno.rename(path + suffix, before + suffix);
    moved.push(before + suffix);
  }
  return moved[0];
}

/**
 * Lets those have the file who have what is in its place, or the folder that it is in: a command that
 * root has run must not keep the server from its database.
 */
export async function shareLike(
  path: string,
  { uid, gid, mode, isDirectory }: Deno.FileInfo,
): Promise<void> {
  if (Deno.build.os === "windows") return;
  if (mode !== null) await Deno.chmod(path, mode & (isDirectory ? 0o666 : 0o777));
  if (Deno.uid() === 0) await Deno.chown(path, uid, gid);
}

/** The same for a database that is new and open: root may have made it for the server's user. */
export async function giveToOwnerOf(folder: string, path: string): Promise<void> {
  if (Deno.uid() !== 0) return;
  const { uid, gid } = await Deno.stat(folder);
  for (const suffix of ["", ...besides]) {
    if (await exists(path + suffix)) await Deno.chown(path + suffix, uid, gid);
  }
}

/** What to do where the database can't be had as it is somebody else's; empty where it is ours. */
export async function ownerHint(folder: string, path: string): Promise<string> {
  const own = Deno.uid();
  if (own === null || own === 0) return "";
  for (const place of [folder, ...["", ...besides].map((suffix) => path + suffix)]) {
    const owner: number = await infoOf(place).then((info) => info?.uid ?? own, () => own);
    if (owner === own) continue;
    const remedy = owner === 0 ? `sudo chown -R ${own} ${folder}` : `run davit as user ${owner}`;
    return `; ${place} belongs to user ${owner}, and davit runs as user ${own}: ${remedy}`;
  }
  return "";
}

/** On the disk, before it counts. */
export async function synced(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}
