import { statSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { create } from "../testing/stored-workflow.ts";
import type { JournalWrite } from "./journal.ts";
import { journalFileName, SqliteJournal } from "./sqlite-journal.ts";

const ended = { status: "completed", wakeAt: null, endedAt: 1 } as const;

function endedWorkflow(id: number, bytes: number): readonly JournalWrite[] {
  return [create(id, ended), { kind: "append", id, position: 0, lines: "x".repeat(bytes) }];
}

test("the space of what is forgotten is given back", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join(journalFileName);
  const size = (): number => statSync(file).size;
  const before = await SqliteJournal.open(directory.path);
  for (let id = 1; id <= 40; id += 1) {
    await before.commit(endedWorkflow(id, 100_000));
  }
  await before.close();
  const full = size();
  const journal = await SqliteJournal.open(directory.path);
  while ((await journal.prune(2, 10)) > 0);
  await journal.close();

  expect(full).toBeGreaterThan(4_000_000);
  expect(size()).toBeLessThan(full / 10);
});

test("large journals are forgotten in several goes, so that nobody waits for long", async () => {
  using directory = new TemporaryDirectory();
  const journal = await SqliteJournal.open(directory.path);
  for (let id = 1; id <= 5; id += 1) {
    await journal.commit(endedWorkflow(id, 3_000_000));
  }
  const counts = [await journal.prune(2, 100), await journal.prune(2, 100)];
  const rest = await journal.prune(2, 100);
  await journal.close();

  expect([...counts, rest]).toEqual([2, 2, 0]);
});
