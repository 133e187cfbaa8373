import type { BodyLimit } from "../http/body.ts";
import type { HomeKind } from "../model.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { C, D, type XmlName } from "../xml/names.ts";
import { targetOfUrl } from "./target.ts";

/** A kind of body, and which requests have it. */
interface Kind {
  /** Without it, all. */
  readonly method?: string;
  /** The tree; without it, every URL. */
  readonly home?: HomeKind;
  /** Of the URL; without it, any. */
  readonly query?: RegExp;
  readonly setting: "calendarObjectBytes" | "attachmentBytes" | "fileBytes" | "xmlBytes";
  /** What a larger one violates. */
  readonly precondition?: XmlName;
}

/** The first that fits counts: what is neither an object nor a file is XML, or should be. */
const kinds: readonly Kind[] = [
  {
    method: "POST",
    home: "calendar-home",
    query: /[?&]action=/,
    setting: "attachmentBytes",
    precondition: C.maxAttachmentSize, // RFC 8607 §3.11
  },
  ...["PUT", "POST"].map((method) => ({
    method,
    home: "calendar-home",
    setting: "calendarObjectBytes",
    precondition: C.maxResourceSize, // RFC 4791 §5.3.2.1
  } as const)),
  { method: "PUT", home: "files", setting: "fileBytes" },
  // Only a multiget of very many hrefs is so large.
  { method: "REPORT", setting: "xmlBytes", precondition: D.numberOfMatchesWithinLimits },
  { setting: "xmlBytes" },
];

/** How large the body of a request may be, by its method and URL. */
export const bodyLimits = ({ config }: Services) => ({ method, url }: Request): BodyLimit => {
  const target = kinds.some((kind) => kind.method === method) ? targetOfUrl(url) : undefined;
  const home = target?.kind === "tree" ? target.place.home : undefined;
  const fits = (kind: Kind) =>
    (kind.method ?? method) === method && (kind.home ?? home) === home &&
    (kind.query?.test(url) ?? true);
  const { setting, precondition } = kinds.find(fits) ?? { setting: "xmlBytes" };
  return { sizeBytes: config[setting], refusal: () => new Refusal(413, precondition) };
};
