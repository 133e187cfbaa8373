import { type Preferences, readPrefer } from "../http/prefer.ts";
import type { Look } from "./door.ts";
import { variantIn } from "./variant.ts";

/** How a client wants the answer to PROPFIND or REPORT, by its headers. */
export const lookIn = (headers: Headers): Look & Preferences => ({
  ...readPrefer(headers),
  variant: variantIn(headers),
});
