import { expect, test } from "vitest";
import type { StoreWrite } from "../../store/workflow-store.ts";
import { create } from "../stored-workflow.ts";
import { append, message } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** What a store deletes. */
export function pruningContract(tested: TestStore): void {
  const ended = (id: number, endedAt: number, key: string | null = null): StoreWrite =>
    create(id, {
      status: "completed",
      wakeAt: null,
      endedAt,
      idempotencyKey: key,
      labels: { end: String(endedAt) },
    });

  test("deletes workflows that ended before a time, oldest end first, with all their data", async () => {
    await tested.store.commit([
      ended(1, 30, "key"),
      ended(2, 10),
      ended(3, 20),
      ended(4, 31),
      create(5),
      append(0, "line\n"),
      message(0),
      { kind: "note", id: 1, name: "state", value: "1" },
      append(0, "other\n", 4),
      append(0, "running\n", 5),
    ]);

    expect(await tested.store.prune(31, 2)).toBe(2);
    expect((await tested.store.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4, 1]);
    expect(await tested.store.prune(31, 2)).toBe(1);
    expect(await tested.store.prune(31, 2)).toBe(0);
    await tested.reopen();

    expect((await tested.store.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4]);
    expect(await tested.store.lines(1)).toEqual([]);
    expect(await tested.store.mailbox(1)).toEqual([]);
    expect(await tested.store.note(1, "state")).toBeUndefined();
    await tested.store.commit([create(1)]);
    expect((await tested.store.workflow(1))?.labels).toEqual({});
    expect(await tested.store.workflowByIdempotencyKey("key")).toBeUndefined();
    expect(await tested.store.lines(4)).toEqual(["other\n"]);
    expect(await tested.store.lines(5)).toEqual(["running\n"]);
  });

  test("keeps the highest id, so that it is not assigned again", async () => {
    await tested.store.commit([ended(1, 10), ended(2, 10)]);

    expect(await tested.store.prune(100, 10)).toBe(1);
    expect(await tested.store.lastId()).toBe(2);
  });

  test("frees the idempotency key for a new workflow", async () => {
    await tested.store.commit([ended(1, 10, "key"), create(2)]);
    await tested.store.prune(100, 10);
    await tested.store.commit([create(3, { idempotencyKey: "key" })]);

    expect(await tested.store.workflowByIdempotencyKey("key")).toMatchObject({ id: 3 });
  });
}
