import { expect, test } from "vitest";
import { create } from "../stored-workflow.ts";
import { message } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** How a store keeps the messages to workflows. */
export function mailboxesContract(tested: TestStore): void {
  test("keeps messages in order until they are consumed", async () => {
    await tested.store.commit([create(1), message(0), message(1), message(2)]);
    await tested.store.commit([{ kind: "consume", id: 1, sequence: 1 }]);
    await tested.reopen();

    expect((await tested.store.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0, 2]);
    expect(await tested.store.mailbox(2)).toEqual([]);
  });

  test("loses nothing if a message is consumed that it doesn't contain", async () => {
    await tested.store.commit([create(1), message(0)]);
    await tested.store.commit([{ kind: "consume", id: 1, sequence: 7 }]);

    expect(await tested.store.mailbox(1)).toHaveLength(1);
  });

  test("never contains a message that was received and consumed in one transaction", async () => {
    await tested.store.commit([create(1), message(0), { kind: "consume", id: 1, sequence: 0 }]);

    expect(await tested.store.mailbox(1)).toEqual([]);
  });

  test("keeps the number of an update", async () => {
    const update = { sequence: 1, type: "add", data: "1", at: 6, update: 7 };
    await tested.store.commit([create(1), message(0), { kind: "receive", id: 1, message: update }]);
    await tested.reopen();
    expect(await tested.store.mailbox(1)).toEqual([
      { sequence: 0, type: "go", data: "0", at: 5 },
      update,
    ]);
  });
}
