import type { Config, SettingOrigin } from "../config.ts";
import type { Log } from "../services.ts";
import { CommandError } from "./errors.ts";

/** A certificate, with those up to its root, and its private key; PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Where they are. */
export type KeyPairFiles = Required<Pick<Config, "tlsCert" | "tlsKey">>;

/** The files that the settings name; undefined: no TLS. */
export const keyPairFiles = ({ tlsCert, tlsKey }: Config): KeyPairFiles | undefined =>
  tlsCert === undefined || tlsKey === undefined ? undefined : { tlsCert, tlsKey };

/** How the two settings are called where they are set. */
export type KeyPairNames = { readonly [K in keyof KeyPairFiles]: string };

export function keyPairNames(origins: readonly SettingOrigin[]): KeyPairNames {
  const nameOf = (setting: keyof KeyPairFiles) =>
    origins.find(({ key }) => key === setting)?.name ?? setting;
  return { tlsCert: nameOf("tlsCert"), tlsKey: nameOf("tlsKey") };
}

/**
 * Reads the files, and tries the pair.
 *
 * @throws {CommandError} It can't be used; names the setting and its file.
 */
export async function readKeyPair(
  files: KeyPairFiles,
  names: KeyPairNames = asInFile,
): Promise<KeyPair> {
  const pair = await readTexts(files, names);
  for (const { setting, text, label, lacks } of parts) {
    if (label.test(text(pair))) continue;
    throw new CommandError(`${names[setting]}: ${files[setting]} holds no ${lacks}`);
  }
  try {
    Deno.listenTls({ hostname: "127.0.0.1", port: 0, ...pair }).close();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      /KeyMismatch/.test(problem)
        ? `${names.tlsKey}: ${files.tlsKey} is not the key of ${files.tlsCert}`
        : `${names.tlsCert}, ${names.tlsKey}: ${files.tlsCert} and ${files.tlsKey}: ${problem}`,
    );
  }
  return pair;
}

export interface KeyPairWatch {
  readonly files: KeyPairFiles;
  /** In use so far. */
  readonly pair: KeyPair;
  /** Takes one that was tried. */
  readonly use: (pair: KeyPair) => void;
  readonly log: Log;
}

/**
 * Hands on each new pair that the files hold, within two seconds or so. What the files say is
 * compared, not their dates: so it does not matter whether they are written anew, moved into place or
 * behind symbolic links. A pair that can't be used is logged once, and the one before stays.
 */
export function watchKeyPair({ files, pair, use, log }: KeyPairWatch): AsyncDisposable {
  let seen = keyOf(pair);
  let settled = seen;

  async function look() {
    const now = await readTexts(files, asInFile).then(keyOf, String);
    const isWhole = now === seen; // Both files are written by now.
    seen = now;
    if (!isWhole || now === settled) return;
    settled = now;
    try {
      use(await readKeyPair(files));
      log("info", "certificate-loaded", { file: files.tlsCert });
    } catch (error) {
      log("error", "certificate-refused", { reason: String(error) });
    }
  }

  let last = Promise.resolve();
  const timer = setInterval(() => last = last.then(look), everyMs);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}

const everyMs = 1000;

const asInFile: KeyPairNames = { tlsCert: "tlsCert", tlsKey: "tlsKey" };

const parts = [
  {
    setting: "tlsCert",
    text: ({ cert }: KeyPair) => cert,
    label: /-----BEGIN CERTIFICATE-----/,
    lacks: "certificate in PEM form",
  },
  {
    setting: "tlsKey",
    text: ({ key }: KeyPair) => key,
    label: /-----BEGIN (RSA |EC )?PRIVATE KEY-----/,
    lacks: "private key in PEM form without a passphrase",
  },
] as const;

const keyOf = ({ cert, key }: KeyPair): string => `${cert}\n${key}`;

async function readTexts(
  { tlsCert, tlsKey }: KeyPairFiles,
  names: KeyPairNames,
): Promise<KeyPair> {
  return {
    cert: await readText(names.tlsCert, tlsCert),
    key: await readText(names.tlsKey, tlsKey),
  };
}

async function readText(setting: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new CommandError(`${setting}: there is no file ${path}`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`${setting}: can't read ${path}: ${reason}`);
  }
}
