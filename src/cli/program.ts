import { Command } from "commander";
import manifest from "../../deno.json" with { type: "json" };
import { addBackupCommands } from "./backup.ts";
import { addCalendarCommands } from "./calendar.ts";
import { addDoctorCommand } from "./doctor.ts";
import { exitCodes, lineOf, outcomeOf } from "./errors.ts";
import type { Io } from "./io.ts";
import { addPrincipalsCommands } from "./principals.ts";
import { addServeCommand } from "./serve.ts";
import { addServiceCommands } from "./service.ts";
import { addUserCommands } from "./user.ts";
import { addWorkerCommand } from "./worker.ts";

/** Runs a command line, without the program's own name, and gives the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    await programOn(io).parseAsync([...argv], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    const { code, line } = outcomeOf(error);
    if (line !== undefined) io.err(line);
    return code;
  }
}

function programOn(io: Io): Command {
  const program = new Command("davit")
    .description("A CalDAV and WebDAV server.")
    .version(manifest.version, "--version")
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(lineOf(text.replace(/^error: /, ""))),
    });
  addServeCommand(program, io);
  addWorkerCommand(program, io);
  addUserCommands(program, io);
  addPrincipalsCommands(program, io);
  addCalendarCommands(program, io);
  addServiceCommands(program, io);
  addBackupCommands(program, io);
  addDoctorCommand(program, io);
  return program;
}
