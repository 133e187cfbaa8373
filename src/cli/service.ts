import { Argument, type Command } from "commander";
import { type ServiceName, serviceNames } from "../access/switches.ts";
import { configOf, type DatabaseOptions, takesDatabase, withStore } from "./database.ts";
import type { Io } from "./io.ts";
import { principalNamed } from "./people.ts";

interface SwitchOptions extends DatabaseOptions {
  readonly user?: string;
}

/** `davit service …`: parts of the server, on or off from the next request on. */
export function addServiceCommands(program: Command, io: Io): void {
  const service = program.command("service").description("switch parts of the server on and off");

  takesDatabase(service.command("list", { isDefault: true }))
    .description("what is off, and for whom")
    .action((options: DatabaseOptions) => list(options, io));

  for (const name of serviceNames) {
    takesDatabase(service.command(name))
      .description(`switch ${name}; clients are told to come again later, and lose nothing`)
      .addArgument(new Argument("<state>").choices(["on", "off"]))
      .option("--user <name>", "for this account only")
      .action((state: "on" | "off", options: SwitchOptions) =>
        turn(name, state === "on", options, io)
      );
  }
}

async function list(options: DatabaseOptions, io: Io): Promise<void> {
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
  service: ServiceName,
  on: boolean,
  options: SwitchOptions,
  io: Io,
): Promise<void> {
  const { user } = options;
  await withStore(await configOf(options, io), "refuse", async (store) => {
    const id = user === undefined ? 0 : (await principalNamed(store, user)).principal.id;
    await store.commit([], [{ kind: "switch-service", service, principalId: id, on }]);
  });
}
