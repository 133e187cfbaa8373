import { nameOf, type XmlName } from "./names.ts";

/**
 * A regular expression, with the flag `u`, of a name without colon (Namespaces in XML 1.0 §4), but
 * for the two letters U+1680 and U+FEFF, which JavaScript calls white space.
 */
export const namePart: string = (() => {
  const start = "A-Z_a-z\\xC0-\\xD6\\xD8-\\xF6\\xF8-\\u02FF\\u0370-\\u037D\\u037F-\\u167F" +
    "\\u1681-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF" +
    "\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}";
  return `[${start}][${start}\\-.0-9\\xB7\\u0300-\\u036F\\u203F\\u2040]*`;
})();

const wholePart = new RegExp(`^${namePart}$`, "u");

/** The namespace of `xmlns`, to which nothing may be bound. */
export const declarations = "http://www.w3.org/2000/xmlns/";

/** An element's name that somebody has put into a text; undefined: no element can have it. */
export const givenName = (namespace: string, local: string): XmlName | undefined =>
  wholePart.test(local) && namespace !== declarations ? nameOf(namespace, local) : undefined;
