import { assertEquals } from "@std/assert";
import { shared } from "../shared.ts";
import { assertionsOf, disagreements, isOfStage, testedIn, waitingIn } from "./coverage.ts";

const tests = new URL("../", import.meta.url);
const table = shared("clients/assertions.tsv");

/** Stages whose assertions are to be tested: those that are built. */
const stages = ["access", "query", "attach"];

Deno.test({
  name:
    "assertions: each one about access, queries and attachments has a test, or waits for a reason",
  ignore: table === undefined,
  async fn() {
    const assertions = assertionsOf(await Deno.readTextFile(table ?? tests));
    const asked = assertions.filter((row) => stages.some((stage) => isOfStage(stage)(row)));
    const waiting = waitingIn(
      await Deno.readTextFile(new URL("assertions/missing.txt", tests)),
    );
    const tested = await testedBelow(tests);
    console.log(`${asked.length} asked, waiting: ${[...waiting.keys()].join(" ") || "none"}`);
    const known = new Set(assertions.map(({ id }) => id));
    assertEquals(disagreements(asked, known, tested, waiting), []);
  },
});

const row = (id: string, stage: string, text: string) =>
  `${id}\tapple-common.md\t${stage}\tsrc\t${text}`;

const sample = assertionsOf([
  "id\tfile\tstage\tconfidence\ttext",
  row("AC-1", "access", "first"),
  row("AC-2", "schedule", "second (access), and more (schedule)"),
  row("AC-3", "schedule", "third (all but one: access)"),
  row("AC-4", "query", "PROPFIND says calendar-access"),
  "",
].join("\n"));

Deno.test("assertions: of the stage as a whole, or marked in part", () => {
  assertEquals(sample.filter(isOfStage("access")).map(({ id }) => id), ["AC-1", "AC-2", "AC-3"]);
});

Deno.test("assertions: ids count in strings, not in comments", () => {
  const [one, two, three] = ["AC", "DX", "TB"].map((letters) => `${letters}-1`);
  assertEquals(
    testedIn(`// ${one}\nDeno.test("${two}, x", () => {});\n/* "${one}" */ name: \`${three}\``),
    [two, three],
  );
});

const cases: readonly { name: string; tested: string[]; waiting: string; says: string[] }[] = [
  { name: "all tested", tested: ["AC-1", "AC-2", "AC-3"], waiting: "", says: [] },
  {
    name: "one waits",
    tested: ["AC-1", "AC-2"],
    waiting: "# Why\n\nAC-3 issue 3: later\n",
    says: [],
  },
  { name: "no test", tested: ["AC-1", "AC-2"], waiting: "", says: ["AC-3 has no test: third"] },
  {
    name: "a test, and waits",
    tested: ["AC-1", "AC-2", "AC-3"],
    waiting: "AC-3 issue 3",
    says: ["AC-3 waits, but has a test"],
  },
  {
    name: "waits for no reason",
    tested: ["AC-1", "AC-2"],
    waiting: "AC-3",
    says: ["AC-3 waits for no reason"],
  },
  {
    name: "of another stage",
    tested: ["AC-1", "AC-2", "AC-3"],
    waiting: "AC-4 issue 4",
    says: ["AC-4 waits, but is not asked for"],
  },
  {
    name: "unknown",
    tested: ["AC-1", "AC-2", "AC-3", "AC-9"],
    waiting: "",
    says: ["AC-9 is tested, but unknown"],
  },
];

for (const { name, tested, waiting, says } of cases) {
  Deno.test(`assertions: ${name}`, () => {
    const found = disagreements(
      sample.filter(isOfStage("access")),
      new Set(sample.map(({ id }) => id)),
      new Set(tested),
      waitingIn(waiting),
    );
    assertEquals(found.map((sentence, index) => sentence.slice(0, says[index]?.length)), says);
  });
}

/** The ids in test files below `folder`, but for this one, whose ids are samples. */
async function testedBelow(folder: URL): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) { for (const id of await testedBelow(url)) found.add(id); }
    else if (name.endsWith("_test.ts") && url.href !== import.meta.url) {
      for (const id of testedIn(await Deno.readTextFile(url))) found.add(id);
    }
  }
  return found;
}
