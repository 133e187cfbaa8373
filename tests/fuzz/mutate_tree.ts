import { A, C, CS, D, type XmlName } from "../../src/xml/names.ts";
import { el, type XmlElement, type XmlNode } from "../../src/xml/tree.ts";
import type { Random } from "../seeded.ts";
import { longRun, mutated, tokenGrammar } from "./mutate.ts";

/** The tree with some of its nodes deleted, repeated, renamed or filled anew: still well-formed. */
export function mutatedTree(root: XmlElement, random: Random): XmlElement {
  let tree = root;
  for (let count = random.pick([1, 1, 2, 4]); count > 0; count--) {
    const elements = countOf(tree);
    if (elements > elementsMax) break;
    const at = random.int(elements);
    const change = random.pick(changes);
    const [changed] = changedAt(tree, at, (element) => change(element, random, root));
    tree = changed.find((node): node is XmlElement => typeof node !== "string") ?? tree;
  }
  return tree;
}

/** So that repeating what was repeated comes to an end. */
const elementsMax = 3_000;

const allNames: readonly XmlName[] = [D, C, CS, A].flatMap((names) => Object.values(names));

/** What is put in an element's place. */
type Change = (element: XmlElement, random: Random, root: XmlElement) => XmlNode[];

const words = [
  "",
  "0",
  "1",
  "-1",
  "99999999999999999999",
  "infinite",
  "yes",
  "i;unknown",
  "20260101T000000Z",
  "20260101",
  "VEVENT",
  "VALARM",
  "#FF0000",
  "mailto:bob@example.test",
  "/dav/calendars/alice/calendar/a.ics",
  "/dav/principals/users/bob/",
  "http://other.test/",
  "%zz",
];

function wordLike(random: Random): string {
  if (random.chance(0.1)) return longRun(random);
  return random.chance() ? random.pick(words) : mutated(random.pick(words), random, tokenGrammar);
}

const changes: readonly Change[] = [
  () => [],
  (element) => [element, element],
  (element, random) => Array(random.pick([3, 30, 500])).fill(element),
  ({ attributes, children }, random) => [el(random.pick(allNames), children, attributes)],
  ({ name, attributes }, random) => [el(name, [wordLike(random)], attributes)],
  ({ name, attributes, children }, random) => [
    el(name, [...children, el(random.pick(allNames), [wordLike(random)])], attributes),
  ],
  ({ name, attributes, children }) => [el(name, children.toReversed(), attributes)],
  ({ name, children }, random) => [
    el(name, children, { [random.pick(attributeNames)]: wordLike(random) }),
  ],
  ({ name, children, attributes }, random) => [
    el(
      name,
      children,
      Object.fromEntries(Object.keys(attributes).map((key) => [key, wordLike(random)])),
    ),
  ],
  ({ children }) => [...children],
  (element, random, root) => [random.chance(0.2) ? root : el(element.name, [element])],
];

const attributeNames = ["name", "start", "end", "collation", "match-type", "novalue", "test", "x"];

const countOf = (element: XmlElement): number =>
  element.children.reduce(
    (sum, child) => sum + (typeof child === "string" ? 0 : countOf(child)),
    1,
  );

/** Changes the element that is at this place in document order; how many there are besides. */
function changedAt(
  element: XmlElement,
  at: number,
  change: (element: XmlElement) => XmlNode[],
): readonly [nodes: XmlNode[], left: number] {
  if (at === 0) return [change(element), -1];
  let left = at - 1;
  const children: XmlNode[] = [];
  for (const child of element.children) {
    if (typeof child === "string" || left < 0) children.push(child);
    else {
      const [nodes, rest] = changedAt(child, left, change);
      children.push(...nodes);
      left = rest;
    }
  }
  return [[{ ...element, children }], left];
}
