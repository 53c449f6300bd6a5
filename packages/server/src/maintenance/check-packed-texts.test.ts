import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { closeDatabase } from "@flawless-ts/sqlite-thread";
import { expect, test } from "vitest";
import { stepLine } from "../journal/journal-line.ts";
import { SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";
import { create } from "../testing/stored-workflow.ts";
import { checkDirectory } from "./check-directory.ts";

const long = JSON.stringify({ text: "x".repeat(500) });

/** A directory with one workflow, whose texts are all packed. */
function directoryAfter(sql: string): TemporaryDirectory {
  const directory = new TemporaryDirectory();
  const file = directory.join(journalFileName);
  const store = new SqliteStore(file);
  store.commit([
    create(1, { input: long, response: long, status: "completed", wakeAt: null, endedAt: 1 }),
    { kind: "append", id: 1, position: 0, lines: stepLine(1, '"TimeNow"', "5") },
  ]);
  store.database.exec(sql);
  closeDatabase(store.database, file);
  return directory;
}

test("a check unpacks packed texts, and finds no faults in them", async () => {
  using directory = directoryAfter("");

  expect(await checkDirectory(directory.path)).toMatchObject({ ok: true, findings: [], steps: 1 });
});

test.each([
  ["an input", "UPDATE workflows SET input = x'0100'", "its input can't be unpacked any more"],
  ["a response", "UPDATE workflows SET response = x'02'", "its response can't be unpacked"],
  [
    "a journal",
    "UPDATE journal_starts SET lines = x'01000000000203'",
    "its journal is damaged from part 0 on: it can't be unpacked",
  ],
  [
    "a text that is another one now",
    "UPDATE workflows SET input = (SELECT lines FROM journal_starts)",
    "its input is no JSON any more",
  ],
  [
    "a workflow of which nothing tells what it runs",
    "DELETE FROM kinds",
    "nothing tells which workflow of which module it is",
  ],
])("a check reports %s that can't be read", async (_what, sql, expected) => {
  using directory = directoryAfter(sql);
  const { ok, findings } = await checkDirectory(directory.path);

  expect(ok).toBe(false);
  expect(findings.map(({ what }) => what).join("\n")).toContain(expected);
});
