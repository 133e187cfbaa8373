import { temporaryFolder } from "../runtime/folder.ts";
import { hasProgram } from "./installed.ts";
import { alice, type Site } from "./sites.ts";

/** A folder of calendars, kept the same as those on a server by Debian's vdirsyncer. */
export interface Vdirsyncer extends AsyncDisposable {
  /** Holds a folder for each calendar, and a file for each object in it. */
  readonly path: string;
  /** Finds the calendars of both sides, and makes on each what the other one has. */
  discover(): Promise<void>;
  /** What it has said. */
  sync(): Promise<string>;
}

export const hasVdirsyncer: boolean = await hasProgram("vdirsyncer");

/**
 * One that knows no more of the server than its URL. What both sides change is as the folder has it.
 *
 * @param only Further lines of the configuration: of what the server has, what is looked at.
 */
export async function openVdirsyncer(
  { url }: Site,
  only: readonly string[] = [],
): Promise<Vdirsyncer> {
  const folder = await temporaryFolder();
  const path = `${folder.path}/calendars`;
  await Deno.mkdir(path);
  await Deno.writeTextFile(
    `${folder.path}/config`,
    `[general]
status_path = "${folder.path}/status/"
[pair all]
a = "here"
b = "there"
collections = ["from a", "from b"]
conflict_resolution = "a wins"
[storage here]
type = "filesystem"
path = "${path}"
fileext = ".ics"
[storage there]
type = "caldav"
url = "${url}/"
username = "${alice.name}"
password = "${alice.password}"
${only.join("\n")}
`,
  );
  const run = async (command: string, stdin = ""): Promise<string> => {
    const child = new Deno.Command("vdirsyncer", {
      args: ["--config", `${folder.path}/config`, command],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      child.output(),
      ReadableStream.from([new TextEncoder().encode(stdin)]).pipeTo(child.stdin),
    ]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const said = text(output.stdout) + text(output.stderr);
    if (!output.success) throw new Error(`vdirsyncer ${command}: ${said}`);
    return said;
  };
  return {
    ...folder,
    path,
    async discover() {
      await run("discover", "y\n".repeat(20)); // It asks before it makes a calendar.
    },
    sync: () => run("sync"),
  };
}
