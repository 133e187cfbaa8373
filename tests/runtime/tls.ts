import { makeCertificate } from "../fixtures/certificate.ts";

/** Certificates for `localhost` and 127.0.0.1 that nobody has signed. */
export type TlsName = "a" | "b";

/** Where they are as files, `a.crt` and `a.key`, while these tests run. */
export const tlsFolder: string = await Deno.makeTempDir({ prefix: "davit-test-" });
globalThis.addEventListener("unload", () => Deno.removeSync(tlsFolder, { recursive: true }));

const pairs = { a: await makeCertificate(), b: await makeCertificate() };

for (const name of ["a", "b"] as const) {
  const { cert, key } = tlsFiles(name);
  await Deno.writeTextFile(cert, pairs[name].cert);
  await Deno.writeTextFile(key, pairs[name].key);
}

export function tlsFiles(name: TlsName) {
  return { cert: `${tlsFolder}/${name}.crt`, key: `${tlsFolder}/${name}.key` };
}

export const tlsFixture = (name: TlsName) => pairs[name];

/** Of `davit serve`. */
export function tlsArguments(name: TlsName): string[] {
  const { cert, key } = tlsFiles(name);
  return ["--tls-cert", cert, "--tls-key", key];
}
