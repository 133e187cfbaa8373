/** Certificates for `localhost` and 127.0.0.1 that nobody has signed; made with openssl, for a century. */
export type TlsName = "a" | "b";

const folder = new URL("../fixtures/tls/", import.meta.url).pathname;

export const tlsFiles = (name: TlsName) => ({
  cert: `${folder}${name}.crt`,
  key: `${folder}${name}.key`,
});

export const tlsFixture = (name: TlsName) => ({
  cert: Deno.readTextFileSync(tlsFiles(name).cert),
  key: Deno.readTextFileSync(tlsFiles(name).key),
});

/** Of `davit serve`. */
export function tlsArguments(name: TlsName): string[] {
  const { cert, key } = tlsFiles(name);
  return ["--tls-cert", cert, "--tls-key", key];
}
