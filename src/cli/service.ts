import type { Command } from "commander";
import { isServiceName, serviceNames } from "../access/switches.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import { UsageError } from "./errors.ts";
import type { Io } from "./io.ts";
import { principalNamed } from "./people.ts";

interface SwitchOptions extends DatabaseOptions {
  readonly user?: string;
}

/** `davit service …`: parts of the server, on or off from the next request on. */
export function addServiceCommands(program: Command, io: Io): void {
  takesDatabase(program.command("service"))
    .description(
      "switch a part of the server on or off; clients are told to come again later, and lose nothing",
    )
    .argument("[service]", `${serviceNames.join(", ")}; or list: what is off, and for whom`, "list")
    .argument("[state]", "on or off")
    .option("--user <name>", "for this account only")
    .action((name: string, state: string | undefined, options: SwitchOptions) =>
      name === "list" ? list(state, options, io) : turn(name, state, options, io)
    );
}

async function list(state: string | undefined, options: SwitchOptions, io: Io): Promise<void> {
  if ((state ?? options.user) !== undefined) {
    throw new UsageError(`list takes no more; say which service: ${serviceNames.join(", ")}`);
  }
  const off = await withStore(
    await configOf(options, io),
    "refuse",
    (store) => store.switchedOff(),
  );
  for (const name of serviceNames) {
    const those = off.filter(({ service }) => service === name);
    const people = those.flatMap(({ user }) => user ?? []).join(", ");
    const forAll = those.some(({ user }) => user === undefined) ? "off" : "on";
    io.out(`${name} ${forAll}${people && `, off for ${people}`}\n`);
  }
}

async function turn(
  service: string,
  state: string | undefined,
  options: SwitchOptions,
  io: Io,
): Promise<void> {
  if (!isServiceName(service)) {
    throw new UsageError(`there is no service ${service}; there are: ${serviceNames.join(", ")}`);
  }
  if (state !== "on" && state !== "off") throw new UsageError(`turn ${service} on or off?`);
  const { user } = options;
  const stillOff = await withStore(await configOf(options, io), "refuse", async (store) => {
    const principal = user === undefined
      ? undefined
      : (await principalNamed(store, user)).principal;
    const principalId = principal?.id ?? 0;
    const on = state === "on";
    await store.commit([], [{ kind: "switch-service", service, principalId, on }]);
    if (!on) return [];
    const off = (await store.switchedOff()).filter((one) => one.service === service);
    // Somebody's own switch counts besides the one for all.
    if (principal !== undefined) {
      return off.some((one) => one.user === undefined) ? [everybody] : [];
    }
    return off.flatMap((one) => one.user ?? []);
  });
  if (stillOff.length > 0) io.err(`davit: ${service} is still off for ${stillOff.join(", ")}\n`);
}

const everybody = "everybody";
