import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { create } from "../../testing/stored-workflow.ts";
import type { StoreWrite } from "../workflow-store.ts";
import { journalFileName, SqliteWorkflowStore } from "./sqlite-workflow-store.ts";

const ended = { status: "completed", wakeAt: null, endedAt: 1 } as const;

function endedWorkflow(id: number, bytes: number): readonly StoreWrite[] {
  // Random bytes, which can't be compressed.
  const lines = randomBytes((bytes / 4) * 3).toString("base64");
  return [create(id, ended), { kind: "append", id, position: 0, lines }];
}

test("the space of deleted workflows is freed", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join(journalFileName);
  const size = (): number => statSync(file).size;
  const before = await SqliteWorkflowStore.open(directory.path);
  for (let id = 1; id <= 40; id += 1) {
    await before.commit(endedWorkflow(id, 100_000));
  }
  await before.close();
  const full = size();
  const store = await SqliteWorkflowStore.open(directory.path);
  while ((await store.prune(2, 10)) > 0);
  await store.close();

  expect(full).toBeGreaterThan(4_000_000);
  expect(size()).toBeLessThan(full / 10);
});

test("large journals are deleted in several steps, so that nobody waits for long", async () => {
  using directory = new TemporaryDirectory();
  const store = await SqliteWorkflowStore.open(directory.path);
  for (let id = 1; id <= 5; id += 1) {
    await store.commit(endedWorkflow(id, 3_000_000));
  }
  const counts = [await store.prune(2, 100), await store.prune(2, 100)];
  const rest = await store.prune(2, 100);
  await store.close();

  expect([...counts, rest]).toEqual([2, 2, 0]);
});
