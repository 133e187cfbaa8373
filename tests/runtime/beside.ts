import { assertEquals } from "@std/assert";
import { D } from "../../src/xml/names.ts";
import { documentXml } from "../../src/xml/write.ts";
import { propfind } from "../clients/bodies.ts";
import { event } from "../fixtures/events.ts";
import { basic, multistatusOf } from "../harness.ts";
import { type RawAnswer, sendRaw } from "../http/raw.ts";
import { delayMsOf } from "../processor.ts";
import type { Pieces } from "./attachments.ts";
import { temporaryFolder } from "./folder.ts";
import { type Form, runCli, type Server, startServer } from "./harness.ts";
import { peakBytesOf } from "./memory.ts";
import type { Pinged } from "./pinger.ts";
import { startProgram } from "./program.ts";

/** A real process, and how others fare while somebody asks much of it. */

export const MB = 1_000_000;
/** Of alice. */
export const authorization = basic("alice", "alice");
export const home = "/dav/calendars/alice/";
export const calendar = `${home}calendar/`;
export const file = "/dav/files/alice/x";

/** How long anybody else may wait for an answer, but for what the machine does besides. */
const patienceMs = 100;
/** A processor that is lent to others by the host of a virtual machine is seen nowhere. */
const attempts = 5;

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly string[];
  /** A text, so many bytes, or what is made meanwhile. */
  readonly body: string | number | Pieces;
  readonly framing?: "length" | "chunks";
  /** Bytes of the body after which the client goes away. */
  readonly leavesAfter?: number;
}

/** How the others fared while something was done. */
interface Beside<T> {
  readonly done: T;
  readonly pinged: Pinged;
}

interface Fared {
  readonly answer: RawAnswer | undefined;
  readonly pinged: Pinged;
}

export interface Place {
  readonly server: Server;
  send(sent: Sent): Promise<RawAnswer | undefined>;
  /** Does something, while somebody else asks for an event again and again. */
  besideOthers<T>(run: () => Promise<T>): Promise<Beside<T>>;
  /** Sends it, meanwhile. */
  sendBesideOthers(sent: Sent): Promise<Fared>;
  /** Of the calendars and of the files: moves with every commit. */
  tokens(): Promise<readonly (string | undefined)[]>;
  /** Most of the process' memory that was resident at once, in bytes, since it began. */
  peakBytes(): Promise<number>;
}

/** A davit that serves alice, and somebody else who asks for an event. */
export async function open(form: Form, run: (place: Place) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const dir = folder.path;
  const env = { DAVIT_PASSWORD_COST: "10" };
  const cli = ["user", "add", "alice", "--email", "a@example.test", "--password-stdin"];
  assertEquals((await runCli(cli, { form, dir, env, stdin: "alice" })).code, 0);
  await using server = await startServer({ form, dir, env });
  const port = Number(new URL(server.url).port);
  const send: Place["send"] = (sent) => {
    const then = sent.leavesAfter === undefined ? undefined : "leave";
    return sendRaw({ port, bytes: bytesOf(sent), then });
  };
  const pinged = event({ uid: "pinged" });
  const put = await send({
    method: "PUT",
    path: `${calendar}pinged.ics`,
    headers: ["Content-Type: text/calendar"],
    body: pinged,
  });
  assertEquals(put?.status, 201);

  const besideOthers: Place["besideOthers"] = async (run) => {
    await using pinger = await startProgram({
      program: Deno.execPath(),
      args: commandLine(`${server.url}${calendar}pinged.ics`),
      dir,
      readyLine: /^pinging (\S+)$/,
    });
    const before = await delayMsOf(server.pid);
    const done = await run();
    await pinger.stop();
    const [said = ""] = await pinger.stderr();
    const pinged: Pinged = JSON.parse(said);
    const delayedMs = pinged.delayedMs + await delayMsOf(server.pid) - before;
    return { done, pinged: { ...pinged, delayedMs } };
  };

  await run({
    server,
    send,
    besideOthers,
    async sendBesideOthers(sent) {
      const { done, pinged } = await besideOthers(() => send(sent));
      return { answer: done, pinged };
    },
    tokens: () =>
      Promise.all([home, calendar, "/dav/files/alice/"].map(async (path) => {
        const body = documentXml(propfind(D.syncToken, D.getlastmodified));
        const headers = { authorization, depth: "0" };
        const url = server.url + path;
        const found = await multistatusOf(await fetch(url, { method: "PROPFIND", headers, body }));
        return found.responses[0]?.text(D.syncToken) ?? found.responses[0]?.text(D.getlastmodified);
      })),
    peakBytes: () => peakBytesOf(server.pid),
  });
}

/** Fails where others had to wait too long at each attempt, or were refused. */
export async function patiently(name: string, run: () => Promise<Pinged>): Promise<void> {
  const longest: number[] = [];
  while (longest.length < attempts) {
    const { failed, longestMs, delayedMs } = await run();
    assertEquals(failed, 0, name);
    longest.push(Math.round(longestMs - delayedMs));
    if (longestMs - delayedMs <= patienceMs) return;
  }
  throw new Error(`others waited ${longest.join(", ")} ms beside ${name}`);
}

/** A request as it goes over the wire. */
export async function* bytesOf(
  { method, path, headers = [], body, framing = "length", leavesAfter = Infinity }: Sent,
): AsyncGenerator<Uint8Array> {
  const chunked = framing === "chunks";
  const { sizeBytes: size, pieces } = piecesOf(body);
  yield utf8.encode([
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    `Authorization: ${authorization}`,
    ...headers,
    chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${size}`,
    "",
    "",
  ].join("\r\n"));
  let sent = 0;
  for (const part of pieces()) {
    if (sent >= leavesAfter) break;
    sent += part.length;
    if (chunked) yield utf8.encode(`${part.length.toString(16)}\r\n`);
    yield part;
    if (chunked) yield utf8.encode("\r\n");
  }
  if (chunked && leavesAfter === Infinity) yield utf8.encode("0\r\n\r\n");
}

function piecesOf(body: Sent["body"]): Pieces {
  if (typeof body === "object") return body;
  const text = typeof body === "string" ? utf8.encode(body) : undefined;
  const sizeBytes = text?.length ?? Number(body);
  const pieces = function* () {
    for (let from = 0; from < sizeBytes; from += piece.length) {
      yield text?.subarray(from, from + piece.length) ?? piece.subarray(0, sizeBytes - from);
    }
  };
  return { sizeBytes, pieces };
}

const utf8 = new TextEncoder();
const piece = new Uint8Array(64 * 1024).fill(0x20);

const commandLine = (pinged: string): readonly string[] => [
  "run",
  "-A",
  `--config=${new URL("../../deno.json", import.meta.url).pathname}`,
  new URL("pinger.ts", import.meta.url).pathname,
  pinged,
  authorization,
];
