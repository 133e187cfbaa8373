import { about, type Finding } from "./finding.ts";

const { ok, warning, problem } = about("tls");

const dayMs = 24 * 60 * 60 * 1000;

/** @param days Before its end a certificate is to be renewed. */
export function validityFinding(
  { of, endsMs }: { readonly of: string; readonly endsMs: number | undefined },
  nowMs: number,
  days: number,
): Finding {
  if (endsMs === undefined) {
    return ok(`${of} has a valid certificate, and tells its end over TLS 1.3 only`);
  }
  const left = Math.floor((endsMs - nowMs) / dayMs);
  const end = new Date(endsMs).toISOString().slice(0, 10);
  if (left < 0) return problem(`the certificate of ${of} ended on ${end}`, renew);
  const says = `the certificate of ${of} is valid until ${end}, ${left} days from now`;
  return left < days ? warning(says, renew) : ok(says);
}

const renew =
  "certbot renew   # or whatever gets your certificates; davit takes a new file by itself";

/** Why a connection over TLS could not be made, by what the library says; undefined: not TLS. */
export function handshakeFinding(host: string, message: string): Finding | undefined {
  const row = faults.find(({ pattern }) => pattern.test(message));
  return row && problem(`${host}: ${row.says}`, ...row.mend);
}

interface Fault {
  readonly pattern: RegExp;
  readonly says: string;
  readonly mend: readonly [string, ...string[]];
}

const faults: readonly Fault[] = [
  {
    pattern: /NotValidForName|not valid for name/i,
    says: "the certificate is for other names",
    mend: ["get one for this name, or use the name that it is for"],
  },
  {
    pattern: /certificate: (?:Expired|certificate expired)/i,
    says: "the certificate has ended",
    mend: [renew],
  },
  {
    pattern: /NotValidYet|not valid yet/i,
    says: "the certificate is not valid yet: a clock is wrong",
    mend: ["sudo timedatectl set-ntp true"],
  },
  {
    pattern: /UnknownIssuer/i,
    says: "nobody knows who has issued the certificate",
    mend: [
      "DAVIT_TLS_CERT=fullchain.pem   # the file with those between it and its root, too",
      "DENO_CERT=ca.pem davit doctor …   # for an authority of one's own",
    ],
  },
  {
    pattern: /CaUsedAsEndEntity/i,
    says: "the certificate is one of an authority, not of a server: programs refuse it",
    mend: ["openssl req -x509 … -addext basicConstraints=critical,CA:FALSE"],
  },
  {
    pattern: /invalid peer certificate/i,
    says: "the certificate is not accepted",
    mend: [renew],
  },
  {
    pattern: /InvalidContentType|corrupt message|wrong version number/i,
    says: "there is no TLS on this port",
    mend: ["davit serve --tls-cert fullchain.pem --tls-key privkey.pem   # or a proxy before it"],
  },
];
