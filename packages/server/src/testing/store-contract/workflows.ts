import { expect, test } from "vitest";
import type { StoreWrite } from "../../store/workflow-store.ts";
import { create, freshState, storedWorkflow } from "../stored-workflow.ts";
import { append, bytes, hashOf, message } from "./writes.ts";
import type { TestStore } from "./test-store.ts";

/** How a store keeps workflows, with their labels and notes. */
export function workflowsContract(tested: TestStore): void {
  test("an empty journal contains nothing", async () => {
    expect(await tested.store.workflow(1)).toBeUndefined();
    expect(await tested.store.workflowByIdempotencyKey("key")).toBeUndefined();
    expect(await tested.store.list({ limit: 10 })).toEqual([]);
    expect(await tested.store.lines(1)).toEqual([]);
    expect(await tested.store.mailbox(1)).toEqual([]);
    expect(await tested.store.wakeups(null, 10)).toEqual([]);
    expect(await tested.store.lastId()).toBe(0);
    expect(await tested.store.modules()).toEqual([]);
    expect(await tested.store.moduleBytes(hashOf(bytes))).toBeUndefined();
  });

  test("a workflow is read as it was written, also after reopening", async () => {
    const largest = storedWorkflow(Number.MAX_SAFE_INTEGER, {
      input: '{"n":18446744073709551615,"text":"\u{1F600}\\u0000"}',
      createdAt: 1_767_323_045_000.125,
      parent: Number.MAX_SAFE_INTEGER - 1,
      idempotencyKey: "the key",
      status: "failed",
      wakeAt: null,
      waiting: { on: "message", types: ["a", "b"], until: null },
      response: '"sent\u{1F600}"',
      endedAt: 1_767_323_045_001,
      failure: { code: "PANIC", message: "workflow 'w' panicked at 'why'" },
      cancelBy: 1_767_323_045_000.5,
      run: 7,
      hasBoundChildren: true,
      bound: true,
      labels: { "flawless:by": "the server", __proto__1: "", customer: "\u00e9\u{1F600} 7" },
    });
    const plain = storedWorkflow(1);
    await tested.store.commit([
      { kind: "create", workflow: plain },
      { kind: "create", workflow: largest },
    ]);
    expect(await tested.store.workflow(largest.id)).toEqual(largest);

    await tested.reopen();

    expect(await tested.store.workflow(1)).toEqual(plain);
    expect(await tested.store.workflow(largest.id)).toEqual(largest);
    expect(await tested.store.workflowByIdempotencyKey("the key")).toEqual(largest);
    expect(await tested.store.lastId()).toBe(largest.id);
  });

  test("a state replaces the previous one; constant fields stay", async () => {
    await tested.store.commit([create(1, { idempotencyKey: "key" })]);
    const state = { ...freshState, wakeAt: 9, waiting: { on: "sleep", until: "then" } } as const;
    await tested.store.commit([{ kind: "state", id: 1, state }]);

    expect(await tested.store.workflow(1)).toEqual(
      storedWorkflow(1, { ...state, idempotencyKey: "key" }),
    );
  });

  test("a read sees every commit that was requested before it", async () => {
    const commits = [
      tested.store.commit([create(1)]),
      tested.store.commit([append(0, "first")]),
      tested.store.commit([append(1, "second"), message(0)]),
    ];
    const [lines, mailbox, lastId] = await Promise.all([
      tested.store.lines(1),
      tested.store.mailbox(1),
      tested.store.lastId(),
    ]);
    await Promise.all(commits);

    expect(lines).toEqual(["first", "second"]);
    expect(mailbox).toHaveLength(1);
    expect(lastId).toBe(1);
  });

  test("labels replace the one with the same key, of one workflow only, until they are removed", async () => {
    const label = (key: string, value: string | null, id = 1): StoreWrite => ({
      kind: "label",
      id,
      key,
      value,
    });
    const labels = { a: "old", b: "gone", c: "stays" };
    await tested.store.commit([
      create(1, { labels }),
      create(2, { labels }),
      label("d", "at once"),
    ]);
    await tested.store.commit([label("a", "new"), label("a", "newest"), label("b", null)]);
    await tested.store.commit([
      label("e", "first"),
      label("e", null),
      label("f", null),
      label("f", "6"),
    ]);
    await tested.store.commit([create(3, { labels: { a: "old" } }), label("a", null, 3)]);
    await tested.reopen();

    const newest = { a: "newest", c: "stays", d: "at once", f: "6" };
    expect((await tested.store.workflow(1))?.labels).toEqual(newest);
    const listed = await tested.store.list({ limit: 9 });
    expect(listed.map((workflow) => workflow.labels)).toEqual([{}, labels, newest]);
  });

  test("notes replace the previous one, of one workflow and name only, until they are removed", async () => {
    const note = (name: string, value: string | null, id = 1): StoreWrite => ({
      kind: "note",
      id,
      name,
      value,
    });
    await tested.store.commit([create(1), create(2), note("a", "old"), note("b", "gone")]);
    await tested.store.commit([note("a", "1\u0000"), note("a", '"\u{1F600}'), note("b", null)]);
    await tested.store.commit([
      note("c", "first"),
      note("c", null),
      note("d", null),
      note("d", "kept"),
    ]);
    await tested.reopen();

    expect(await tested.store.note(1, "a")).toBe('"\u{1F600}');
    expect(await tested.store.note(1, "b")).toBeUndefined();
    expect(await tested.store.note(1, "c")).toBeUndefined();
    expect(await tested.store.note(1, "d")).toBe("kept");
    expect(await tested.store.note(2, "a")).toBeUndefined();
    expect(await tested.store.note(3, "a")).toBeUndefined();
  });
}
