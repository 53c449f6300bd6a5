import { expect, test } from "vitest";
import { create, freshState } from "../stored-workflow.ts";
import { append, bytes, hashOf, message, module } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** What a failing write does to the others of its transaction. */
export function transactionsContract(tested: TestStore): void {
  test("an append at a taken position", async () => {
    await tested.store.commit([create(1), append(0, "first"), message(0)]);
    const before = await tested.store.workflow(1);
    const failing = tested.store.commit([
      create(2, { idempotencyKey: "key" }),
      append(1, "second"),
      { kind: "state", id: 1, state: { ...freshState, status: "completed", response: "1" } },
      message(1),
      { kind: "continue", id: 1, input: "2", journalStart: 0 },
      { kind: "consume", id: 1, sequence: 0 },
      { kind: "deploy", module, bytes },
      append(0, "in the place of the first"),
    ]);

    await expect(failing).rejects.toMatchObject({
      name: "StoreWriteError",
      retryable: false,
    });

    expect(await tested.store.workflow(2)).toBeUndefined();
    expect(await tested.store.workflowByIdempotencyKey("key")).toBeUndefined();
    expect(await tested.store.workflow(1)).toEqual(before);
    expect(await tested.store.lines(1)).toEqual(["first"]);
    expect((await tested.store.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0]);
    expect(await tested.store.modules()).toEqual([]);
    expect(await tested.store.moduleBytes(hashOf(bytes))).toBeUndefined();
  });

  test.each([
    ["a workflow with an id that is taken", [create(1)]],
    ["a workflow with an idempotency key that is taken", [create(3, { idempotencyKey: "key" })]],
  ] as const)("%s", async (_what, writes) => {
    await tested.store.commit([create(1, { idempotencyKey: "key", input: "1" })]);

    await expect(tested.store.commit([create(2), ...writes])).rejects.toMatchObject({
      name: "StoreWriteError",
      retryable: false,
    });

    expect(await tested.store.workflow(2)).toBeUndefined();
    expect(await tested.store.workflow(3)).toBeUndefined();
    expect(await tested.store.workflowByIdempotencyKey("key")).toMatchObject({
      id: 1,
      input: "1",
    });
  });

  test("and the next one succeeds", async () => {
    await tested.store.commit([create(1)]);
    await expect(tested.store.commit([create(1)])).rejects.toThrow();
    await tested.store.commit([create(2)]);

    expect(await tested.store.lastId()).toBe(2);
  });
}
