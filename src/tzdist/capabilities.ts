/** What the service can do (RFC 7808 §5.1); `path` is where it is. */
export const capabilities = (path: string) => ({
  version: 1,
  info: {
    "primary-source": "IANA time zone database of the server's runtime",
    formats: ["text/calendar", "application/calendar+json"],
    truncated: { any: false, untruncated: true },
  },
  actions: [
    action("capabilities", `${path}/capabilities`),
    action("list", `${path}/zones{?changedsince}`, optional("changedsince")),
    action("get", `${path}/zones{/tzid}{?start,end}`, optional("start"), optional("end")),
    action(
      "expand",
      `${path}/zones{/tzid}/observances{?start,end}`,
      needed("start"),
      needed("end"),
    ),
    action("find", `${path}/zones{?pattern}`, { ...needed("pattern"), multi: true }),
  ],
});

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly multi: boolean;
}

const action = (name: string, template: string, ...parameters: readonly Parameter[]) => ({
  name,
  "uri-template": template,
  parameters,
});

const optional = (name: string): Parameter => ({ name, required: false, multi: false });
const needed = (name: string): Parameter => ({ name, required: true, multi: false });
