/**
 * `workerd.ts FOLDER BINDINGS`: runs `worker.js` of the folder in workerd, as wrangler.toml says, with
 * the bindings, a JSON object, until SIGTERM. Says `workerd listening on URL` when it is ready.
 */
import { Miniflare } from "miniflare";

const [folder = ".", bindings = "{}"] = Deno.args;
const settings = await Deno.readTextFile(new URL("../../wrangler.toml", import.meta.url));
const [, compatibilityDate] = settings.match(/^compatibility_date = "(.*?)"/m) ?? [];
const [, compatibilityFlags = "[]"] = settings.match(/^compatibility_flags = (\[.*?\])/m) ?? [];

const workerd = new Miniflare({
  modules: true,
  modulesRoot: folder,
  scriptPath: `${folder}/worker.js`,
  compatibilityDate,
  compatibilityFlags: JSON.parse(compatibilityFlags),
  bindings: JSON.parse(bindings),
  host: "127.0.0.1",
  port: 0,
  unsafeTriggerHandlers: true,
});
const stopRequested = new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", resolve));
console.log(`workerd listening on ${(await workerd.ready).origin}`);
await stopRequested;
await workerd.dispose();
Deno.exit();
