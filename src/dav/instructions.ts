import type { Change } from "../change.ts";
import { Refusal } from "../refusal.ts";
import { D, xmlLang, type XmlName } from "../xml/names.ts";
import { childrenNamed, el, elementsOf, type XmlElement } from "../xml/tree.ts";
import { elementXml } from "../xml/write.ts";
import type { Door, SettingTarget } from "./door.ts";
import { preconditionElements } from "./error.ts";
import type { Propstat } from "./multistatus.ts";
import { changesFor, requireFew, type Setting } from "./properties.ts";

/**
 * DAV:set and DAV:remove of a request, in document order (RFC 4918 §14.19).
 *
 * @throws {Refusal} 400 for more than `limits.properties`.
 */
export function settingsIn(update: XmlElement | undefined): Setting[] {
  const settings = elementsOf(update ?? el(D.propertyupdate)).flatMap((instruction): Setting[] => {
    const removes = instruction.name === D.remove;
    if (!removes && instruction.name !== D.set) return [];
    return childrenNamed(instruction, D.prop).flatMap((prop) => {
      const lang = [prop, instruction, update].map((one) => one?.attributes[xmlLang])
        .find((value) => value !== undefined);
      return elementsOf(prop).map((value) => ({
        name: value.name,
        value: removes ? null : withLanguage(value, lang),
      }));
    });
  });
  requireFew(settings);
  return settings;
}

/** The language that an element has from further out is its own (RFC 4918 §4.3). */
const withLanguage = (element: XmlElement, lang: string | undefined): XmlElement =>
  lang === undefined || xmlLang in element.attributes
    ? element
    : { ...element, attributes: { ...element.attributes, [xmlLang]: lang } };

export interface Outcome {
  /** Empty where one of the instructions is refused: all are carried out, or none. */
  readonly changes: readonly Change[];
  readonly propstats: readonly Propstat[];
  readonly refused: boolean;
}

/**
 * What instructions come to: the changes, and for each property what to say of it. `decided` are
 * properties that say what is made by the same request: nothing, or what forbids that.
 */
export function carryOut(
  settings: readonly Setting[],
  target: SettingTarget,
  door: Door,
  decided: ReadonlyMap<XmlName, Refusal | undefined> = new Map(),
): Outcome {
  const results = settings.map((setting) => {
    const { name } = setting;
    if (!decided.has(name)) return { setting, ...attempt(setting, target, door) };
    return { setting, changes: [], refusal: decided.get(name) };
  });
  const refused = results.some(({ refusal }) => refusal !== undefined);
  const propstats = new Map<string, Propstat>();
  for (const { setting, refusal } of results) {
    const status = refusal?.status ?? (refused ? 424 : 200);
    const error = refusal
      ? preconditionElements(refusal).map((one) => elementXml(one)).join("")
      : "";
    const key = `${status} ${error}`;
    const properties = (propstats.get(key)?.properties ?? "") + elementXml(el(setting.name));
    propstats.set(key, { status, properties, error });
  }
  return {
    changes: refused ? [] : results.flatMap(({ changes }) => changes),
    propstats: [...propstats.values()],
    refused,
  };
}

interface Result {
  readonly changes: readonly Change[];
  readonly refusal?: Refusal;
}

function attempt(setting: Setting, target: SettingTarget, door: Door): Result {
  try {
    return { changes: changesFor(setting, target, door) };
  } catch (error) {
    if (error instanceof Refusal) return { changes: [], refusal: error };
    throw error;
  }
}
