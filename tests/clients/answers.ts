import { C, type XmlName } from "../../src/xml/names.ts";
import { elementsOf, textOf, type XmlElement } from "../../src/xml/tree.ts";
import type { Found } from "../harness.ts";
import { typesOf } from "./found.ts";

/** Child elements of a property, empty where it is not there. */
export function elementsIn(found: Found | undefined, name: XmlName): readonly XmlElement[] {
  const property = found?.prop(name);
  return property ? elementsOf(property) : [];
}

/** Text of a property as it came, with its white space. */
export function rawTextOf(found: Found | undefined, name: XmlName): string | undefined {
  const property = found?.prop(name);
  return property && textOf(property);
}

export const isCalendar = (found: Found | undefined): boolean =>
  typesOf(found).includes(C.calendar);

/** The words of a header such as `Allow`. */
export const listIn = ({ headers }: Response, header: string): readonly string[] =>
  (headers.get(header) ?? "").split(",").map((one) => one.trim());
