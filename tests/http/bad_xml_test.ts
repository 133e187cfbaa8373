import { limits } from "../../src/limits.ts";
import { D, type XmlName } from "../../src/xml/names.ts";
import { type Bad, bytes, calendar, calendars, files, testRefused, utf16 } from "./bad_input.ts";

/** XML that is broken, hostile, or not what the method takes. */

const propfind = (inner: string) => `<propfind xmlns="DAV:"><prop>${inner}</prop></propfind>`;
const laughs = Array.from(
  { length: 10 },
  (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`,
);

/** Each is sent with every method that takes XML. */
const xml: readonly { name: string; body: string | Uint8Array; element?: XmlName }[] = [
  { name: "no XML", body: "Hello" },
  { name: "JSON", body: `{"propfind": {}}` },
  { name: "an open tag", body: "<propfind xmlns='DAV:'" },
  { name: "tags crossed", body: `<propfind xmlns="DAV:"><prop></propfind></prop>` },
  { name: "two roots", body: propfind("") + propfind("") },
  { name: "an undeclared prefix", body: "<D:propfind/>" },
  { name: "an unknown entity", body: propfind("<a>&x;</a>") },
  { name: "a bare &", body: propfind("<a>&</a>") },
  { name: "a NUL", body: propfind("<a>\0</a>") },
  { name: "a NUL by reference", body: propfind("<a>&#0;</a>") },
  { name: "bytes that are no UTF-8", body: bytes(`<a xmlns="DAV:">`, 0xff, 0xc0, "</a>") },
  { name: "an overlong NUL", body: bytes(`<a xmlns="DAV:">`, 0xc0, 0x80, "</a>") },
  { name: "an unknown encoding", body: `<?xml version="1.0" encoding="x-none"?>${propfind("")}` },
  { name: "UTF-7", body: `<?xml version="1.0" encoding="utf-7"?>${propfind("")}` },
  { name: "UTF-16 that says UTF-8", body: utf16(`<?xml version="1.0" encoding="utf-8"?><a/>`) },
  { name: "half of UTF-16", body: utf16(`\ufeff${propfind("")}`).slice(0, -1) },
  { name: "100,000 levels", body: "<a>".repeat(100_000) + "</a>".repeat(100_000) },
  { name: "100,000 elements", body: propfind("<a/>".repeat(100_000)) },
  { name: "100,000 attributes", body: `<a ${"b='c' ".repeat(100_000)}/>` },
  {
    name: "40,000 namespaces",
    body: `<a ${Array.from({ length: 40_000 }, (_, i) => `xmlns:p${i}="u"`).join(" ")}/>`,
  },
  {
    name: "a document type",
    body: `<!DOCTYPE propfind>${propfind("")}`,
    element: D.noExternalEntities,
  },
  {
    name: "an external entity",
    body: `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${propfind("<a>&x;</a>")}`,
    element: D.noExternalEntities,
  },
  {
    name: "a parameter entity",
    body: `<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>${propfind("")}`,
    element: D.noExternalEntities,
  },
  {
    name: "a billion laughs",
    body: `<!DOCTYPE a [<!ENTITY l0 "lol">${laughs.join("")}]>${propfind("<a>&l10;</a>")}`,
    element: D.noExternalEntities,
  },
  {
    name: "quadratic laughs",
    body: `<!DOCTYPE a [<!ENTITY l "${"l".repeat(50_000)}">]>${propfind("&l;".repeat(10_000))}`,
    element: D.noExternalEntities,
  },
];

const takesXml: readonly (readonly [method: string, target: string])[] = [
  ["PROPFIND", calendar],
  ["PROPPATCH", calendar],
  ["REPORT", calendar],
  ["MKCALENDAR", `${calendars}new/`],
  ["MKCOL", `${calendars}new/`],
  ["MKCOL", `${files}new/`],
  ["LOCK", `${files}new`],
];

const type = "Content-Type: application/xml; charset=utf-8";

const ofXml: readonly Bad[] = takesXml.flatMap(([method, target]) =>
  xml.map(({ name, body, element }): Bad => ({
    name: `XML, ${name}`,
    method,
    target,
    headers: [type],
    body,
    status: element ? 403 : 400,
    element,
  }))
);

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => `<x${index} xmlns="urn:x"/>`).join("");
const proppatch = (inner: string) =>
  `<propertyupdate xmlns="DAV:"><set><prop>${inner}</prop></set></propertyupdate>`;

const ofRequests: readonly Bad[] = [
  {
    name: "too many properties",
    method: "PROPFIND",
    target: calendar,
    body: propfind(many(limits.properties + 1)),
    status: 400,
  },
  {
    name: "too many properties",
    method: "PROPPATCH",
    target: calendar,
    body: proppatch(many(limits.properties + 1)),
    status: 400,
  },
  { name: "no property", method: "PROPPATCH", target: calendar, body: proppatch(""), status: 400 },
  { name: "no body", method: "PROPPATCH", target: calendar, status: 400 },
  { name: "no body", method: "REPORT", target: calendar, status: 400 },
  { name: "another root", method: "PROPFIND", target: calendar, body: proppatch(""), status: 400 },
  { name: "another root", method: "LOCK", target: `${files}x`, body: propfind(""), status: 400 },
  {
    name: "prop and allprop",
    method: "PROPFIND",
    target: calendar,
    body: `<propfind xmlns="DAV:"><prop/><allprop/></propfind>`,
    status: 400,
  },
  {
    name: "an unknown report",
    method: "REPORT",
    target: calendar,
    body: `<x xmlns="urn:x"/>`,
    status: 403,
    element: D.supportedReport,
  },
  {
    name: "nresults that is no number",
    method: "REPORT",
    target: calendar,
    body: `<sync-collection xmlns="DAV:"><sync-token/><limit><nresults>-1</nresults></limit>` +
      `<prop/></sync-collection>`,
    status: 400,
  },
  {
    name: "a token with a NUL's name",
    method: "REPORT",
    target: calendar,
    body:
      `<sync-collection xmlns="DAV:"><sync-token>data:,%00</sync-token><prop/></sync-collection>`,
    status: 403,
    element: D.validSyncToken,
  },
];

testRefused("XML", ofXml);
testRefused("requests", ofRequests);
