import { Refusal } from "../refusal.ts";

/** One condition of a list: of the resource's ETag, or of a state token such as a lock's. */
export interface IfCondition {
  readonly not: boolean;
  /** With its quotes; a weak one matches nothing, as ours are strong. */
  readonly etag?: string;
  readonly token?: string;
}

/** A list holds where all of its conditions hold. */
export interface IfList {
  /** The resource that it is about, as the client wrote it; undefined: the request's own. */
  readonly resource?: string;
  readonly conditions: readonly IfCondition[];
}

/** What a condition looks at. */
export interface ResourceState {
  /** Undefined where there is nothing, or nothing that has one. */
  readonly etag?: string;
  readonly tokens: readonly string[];
}

/**
 * The `If` header (RFC 4918 §10.4); undefined without one.
 *
 * @throws {Refusal} 400 where it does not follow the grammar: untagged lists, or lists with a tag.
 */
export function readIf(headers: Headers): readonly IfList[] | undefined {
  const value = headers.get("if");
  if (value === null) return undefined;
  const lists: IfList[] = [];
  let resource: string | undefined;
  let rest = value.trim();
  while (rest !== "") {
    const tag = /^<([^<>]*)>\s*(?=\()/.exec(rest);
    if (tag) {
      if (lists.length > 0 && resource === undefined) throw malformed();
      resource = tag[1];
      rest = rest.slice(tag[0].length);
    }
    const list = /^\(((?:[^()"<]|"[^"]*"|<[^<>]*>)*)\)\s*/.exec(rest);
    if (!list) throw malformed();
    lists.push({ resource, conditions: conditionsIn(list[1] ?? "") });
    rest = rest.slice(list[0].length);
  }
  if (lists.length === 0) throw malformed();
  return lists;
}

/** Whether one of the lists holds. */
export const holdsIf = (
  lists: readonly IfList[],
  stateOf: (resource: string | undefined) => ResourceState,
): boolean =>
  lists.some(({ resource, conditions }) => {
    const { etag, tokens } = stateOf(resource);
    return conditions.every((one) =>
      one.not !== (one.token === undefined ? one.etag === etag : tokens.includes(one.token))
    );
  });

/** All state tokens that the client shows, whichever list holds (RFC 4918 §10.4.1). */
export const submittedTokens = (lists: readonly IfList[] | undefined): ReadonlySet<string> =>
  new Set(lists?.flatMap(({ conditions }) => conditions.flatMap(({ token }) => token ?? [])));

function conditionsIn(text: string): IfCondition[] {
  const conditions: IfCondition[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const found = /^(Not\s*)?(?:<([^<>]+)>|\[\s*((?:W\/)?"[^"]*")\s*\])\s*/i.exec(rest);
    if (!found) throw malformed();
    const [whole, not, token, etag] = found;
    conditions.push({ not: not !== undefined, token, etag });
    rest = rest.slice(whole.length);
  }
  if (conditions.length === 0) throw malformed();
  return conditions;
}

const malformed = () => new Refusal(400, undefined, { text: "the If header is malformed" });
