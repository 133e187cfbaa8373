import { assertEquals } from "@std/assert";
import { disagreements, type Result, resultsIn, waitingIn } from "./results.ts";

const run = (test: string, status: Result["status"], suite = "s"): Result => ({
  file: "a.xml",
  suite,
  test,
  status,
  detail: "",
});

const cases: readonly {
  readonly name: string;
  readonly results: readonly Result[];
  readonly waiting: string;
  readonly says: readonly string[];
}[] = [
  { name: "all pass", results: [run("1", "pass")], waiting: "", says: [] },
  {
    name: "failures wait",
    results: [run("1", "fail"), run("2", "pass"), run("3", "fail")],
    waiting: "# Why\n\na.xml\ts\t1,3\tissue 5\n",
    says: [],
  },
  {
    name: "a whole suite waits",
    results: [run("1", "fail"), run("2", "ignored"), run("1", "pass", "t")],
    waiting: "a.xml\ts\t*\tissue 5",
    says: [],
  },
  {
    name: "an unexpected failure",
    results: [run("1", "fail"), run("2", "fail")],
    waiting: "a.xml\ts\t1\tissue 5",
    says: ["a.xml, s, 2 fails"],
  },
  {
    name: "an unexpected pass",
    results: [run("1", "fail"), run("2", "pass")],
    waiting: "a.xml\ts\t*\tissue 5",
    says: ["a.xml, s, 2 waits, but passes"],
  },
  {
    name: "what can't be run does not wait",
    results: [run("1", "error")],
    waiting: "a.xml\ts\t1\tissue 5",
    says: ["a.xml, s, 1 can't be run"],
  },
  {
    name: "of another suite or script",
    results: [run("1", "fail")],
    waiting: "a.xml\tt\t1\tissue 5\nb.xml\ts\t*\tissue 5",
    says: ["a.xml, s, 1 fails", "a.xml, t, 1 waits, but is not run", "b.xml, s, * waits, but is"],
  },
  {
    name: "waits, but is ignored",
    results: [run("1", "ignored")],
    waiting: "a.xml\ts\t1\tissue 5",
    says: ["a.xml, s, 1 waits, but is not run"],
  },
  {
    name: "waits for no reason",
    results: [run("1", "fail")],
    waiting: "a.xml\ts\t1",
    says: ["a.xml, s waits for no reason"],
  },
];

for (const { name, results, waiting, says } of cases) {
  Deno.test(`CalDAVTester's waiting list: ${name}`, () => {
    const found = disagreements(results, waitingIn(waiting));
    assertEquals(found.map((sentence, index) => sentence.slice(0, says[index]?.length)), says);
  });
}

Deno.test("CalDAVTester's results: tests, and requests ahead of them", () => {
  const rows = [
    { file: "a.xml", status: "start-fail", request: 3, detail: "no" },
    { file: "a.xml", suite: "s", test: "1", desc: "d", status: "pass", secs: 0.1 },
  ];
  assertEquals(resultsIn(rows.map((row) => `${JSON.stringify(row)}\n`).join("")), [
    { file: "a.xml", suite: "start", test: "3", status: "fail", detail: "no" },
    { file: "a.xml", suite: "s", test: "1", status: "pass", detail: "" },
  ]);
});
