import { assertEquals } from "@std/assert";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { davit } from "../cli.ts";

/** What `davit doctor` finds; fails where its exit code or last line says something else. */
export async function findingsOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
): Promise<readonly Finding[]> {
  const { code, out, err } = await davit(["doctor", "--json", ...args], input, env);
  const findings: Finding[] = JSON.parse(out);
  const problems = findings.filter(({ level }) => level === "problem").length;
  assertEquals(code, problems > 0 ? 1 : 0);
  assertEquals(err, problems > 0 ? `davit: ${problems} problem${problems > 1 ? "s" : ""}\n` : "");
  return findings;
}

/** What is wrong on the way to davit, as `topic: says`. */
export const wrong = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ topic }) => !["settings", "database", "folders"].includes(topic))
    .filter(({ level }) => level !== "ok")
    .map(({ topic, says }) => `${topic}: ${says.replace(/"[0-9a-f]{16}"/, '"…"')}`);
