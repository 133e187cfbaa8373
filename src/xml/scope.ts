import { notWellFormed } from "./characters.ts";
import { declarations } from "./given_name.ts";
import { nameOf, type XmlName, xmlNamespace } from "./names.ts";

/** As it is written, and its value. */
export type Attribute = readonly [name: string, value: string];

/** What some prefixes stand for; the empty prefix is the default namespace. */
type Bindings = Map<string, string | undefined>;

/** What the prefixes stand for at one place of a document (Namespaces in XML 1.0). */
export class Scope {
  readonly #bindings: Bindings = new Map([["", ""], ["xml", xmlNamespace]]);
  /** Of elements, by how they are written here: a document repeats a few. */
  readonly #names = new Map<string, XmlName>();

  /**
   * The expanded name of an element.
   *
   * @throws {Refusal} 400: its prefix is not declared.
   */
  elementName(qualified: string): XmlName {
    const known = this.#names.get(qualified);
    if (known !== undefined) return known;
    const name = this.#expanded(qualified);
    this.#names.set(qualified, name);
    return name;
  }

  /**
   * All attributes but the declarations. `Object.fromEntries`, as one may be called `__proto__`.
   *
   * @throws {Refusal} 400: a prefix that is not declared, or one attribute under two prefixes.
   */
  attributesOf(given: readonly Attribute[]): Record<string, string> {
    const attributes = given
      .filter(([name]) => declaredPrefix(name) === undefined)
      .map(([name, value]) => [name.includes(":") ? this.#expanded(name) : name, value] as const);
    if (new Set(attributes.map(([name]) => name)).size < attributes.length) {
      throw notWellFormed("an attribute is there twice under two prefixes");
    }
    return Object.fromEntries(attributes);
  }

  /**
   * Binds what is declared on one element; gives what this hides, for `restore`.
   *
   * @throws {Refusal} 400: what can't be bound.
   */
  declare(given: readonly Attribute[]): Bindings | undefined {
    let hidden: Bindings | undefined;
    for (const [name, namespace] of given) {
      const prefix = declaredPrefix(name);
      if (prefix === undefined) continue;
      checkDeclaration(prefix, namespace);
      hidden ??= new Map();
      hidden.set(prefix, this.#bindings.get(prefix));
      this.#bindings.set(prefix, namespace);
    }
    if (hidden) this.#names.clear();
    return hidden;
  }

  /** As it was outside of the element that has hidden this. */
  restore(hidden: Bindings): void {
    for (const [prefix, namespace] of hidden) this.#bindings.set(prefix, namespace);
    this.#names.clear();
  }

  #expanded(qualified: string): XmlName {
    const colon = qualified.indexOf(":");
    const namespace = this.#bindings.get(colon < 0 ? "" : qualified.slice(0, colon));
    if (namespace === undefined) throw notWellFormed(`the prefix of ${qualified} is not declared`);
    return nameOf(namespace, qualified.slice(colon + 1));
  }
}

/** Empty for the default namespace, undefined where the attribute is no declaration. */
function declaredPrefix(name: string): string | undefined {
  if (name === "xmlns") return "";
  return name.startsWith("xmlns:") ? name.slice("xmlns:".length) : undefined;
}

/** Namespaces in XML 1.0 §3, §6.1. */
function checkDeclaration(prefix: string, namespace: string): void {
  const reserved = prefix === "xmlns" || namespace === declarations;
  const ofXml = (prefix === "xml") === (namespace === xmlNamespace);
  const unbinds = prefix !== "" && namespace === "";
  if (reserved || !ofXml || unbinds) throw notWellFormed(`${prefix} can't be bound so`);
}
