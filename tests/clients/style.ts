import { localOf, namespaceOf } from "../../src/xml/names.ts";
import type { XmlElement } from "../../src/xml/tree.ts";
import { escapeAttribute, escapeText } from "../../src/xml/write.ts";

/** How a program writes XML that declares its namespaces on the root. */
export interface Style {
  readonly declaration: string;
  /** By namespace; the empty one is written as the default namespace. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** Whether the root's namespace is the default one, whatever its prefix elsewhere. */
  readonly bareRoot?: boolean;
  /** Round the names of namespaces. */
  readonly quote?: '"' | "'";
}

/** Writes bodies as a program does: with its prefixes, and only those namespaces that it uses. */
export const styled = ({ declaration, prefixes, bareRoot = false, quote = '"' }: Style) =>
(
  root: XmlElement,
): string => {
  const rootNamespace = namespaceOf(root.name);
  const prefixOf = (namespace: string): string => {
    const prefix = prefixes[namespace];
    if (prefix === undefined) throw new Error(`no prefix for ${namespace}`);
    return bareRoot && namespace === rootNamespace ? "" : prefix;
  };
  const used = new Set([rootNamespace]);
  const inside = (children: XmlElement["children"]): string =>
    children.map((child) => typeof child === "string" ? escapeText(child) : element(child)).join(
      "",
    );
  const element = (one: XmlElement, declarations = ""): string => {
    const { name, attributes, children } = one;
    const namespace = namespaceOf(name);
    used.add(namespace);
    const prefix = prefixOf(namespace);
    const tag = prefix === "" ? localOf(name) : `${prefix}:${localOf(name)}`;
    const own = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`).join("");
    const content = inside(children);
    return content === ""
      ? `<${tag}${declarations}${own}/>`
      : `<${tag}${declarations}${own}>${content}</${tag}>`;
  };
  element(root); // gathers what is used
  const declarations = [...used].map((namespace) => {
    const prefix = prefixOf(namespace);
    return ` xmlns${prefix && ":"}${prefix}=${quote}${namespace}${quote}`;
  });
  return declaration + element(root, declarations.join(""));
};
