import { describe, expect, test } from "vitest";
import { storeContract } from "../testing/store-contract.ts";
import type { StoreSetup } from "../testing/store-contract/test-store.ts";
import { storeSearchContract } from "../testing/store-search-contract.ts";
import { FailingStore } from "../testing/store-wrapper.ts";
import { create, freshState } from "../testing/stored-workflow.ts";
import { stepLine } from "../journal/journal-line.ts";
import type { StoreWrite } from "./workflow-store.ts";
import { MemoryStorage } from "./memory-storage.ts";
import { MemoryWorkflowStore } from "./memory-workflow-store.ts";
import { isSealed, Seal, SealError } from "./seal.ts";
import { SealedWorkflowStore } from "./sealed-workflow-store.ts";

const key = Buffer.alloc(32, 7);

function openOn(storage: MemoryStorage, seal: Seal = new Seal(key)): SealedWorkflowStore {
  return new SealedWorkflowStore(new MemoryWorkflowStore(storage), seal);
}

function setup(): StoreSetup {
  const storage = new MemoryStorage();
  const open = async (): Promise<SealedWorkflowStore> => openOn(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
}

storeContract("a sealed journal keeps what is written to it", setup);
storeSearchContract("a sealed journal finds what is asked for", setup);

const secretLine = stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":"s3cr\u00e9t"}');
const laterLine = stepLine(2, '{"Log":{"Info":"derived"}}', '"Unit"');
const before = stepLine(0, '"GetInput"', "");

function append(position: number, lines: string, id = 1): StoreWrite {
  return { kind: "append", id, position, lines };
}

describe("a workflow that read a secret", () => {
  test("has its journal encrypted from there on, and reads it as it was", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    await store.commit([create(1), append(0, before)]);
    await store.commit([append(1, secretLine)]);
    await store.commit([append(2, laterLine)]);

    expect(await store.lines(1)).toEqual([before, secretLine, laterLine]);
    const stored = await new MemoryWorkflowStore(storage).lines(1);
    expect(stored.map(isSealed)).toEqual([false, true, true]);
  });

  test("has its response and failure encrypted, also after a restart", async () => {
    const storage = new MemoryStorage();
    await openOn(storage).commit([create(1), append(0, secretLine)]);
    const after = openOn(storage);
    // An engine reads the journal before it runs the workflow.
    await after.lines(1);
    const failure = { code: "PANIC", message: "derived" } as const;
    const state = { ...freshState, status: "failed", response: '"derived"', failure } as const;
    await after.commit([{ kind: "state", id: 1, state }]);

    expect(await after.workflow(1)).toMatchObject({ response: '"derived"', failure });
    expect(await after.list({ limit: 9 })).toMatchObject([{ response: '"derived"', failure }]);
    const stored = JSON.stringify(await new MemoryWorkflowStore(storage).workflow(1));
    expect(stored).not.toContain("derived");
  });

  test("passes it on: its children's inputs and journals are encrypted", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    const child = create(2, { parent: 1, input: '"derived"', idempotencyKey: "child" });
    // An engine may write them in this order.
    await store.commit([create(1), child, append(0, secretLine), append(0, laterLine, 2)]);

    expect(await store.workflowByIdempotencyKey("child")).toMatchObject({ input: '"derived"' });
    expect(await store.lines(2)).toEqual([laterLine]);
    const plain = new MemoryWorkflowStore(storage);
    expect(JSON.stringify([await plain.workflow(2), await plain.lines(2)])).not.toContain(
      "derived",
    );
  });

  test("passes it on: its messages, and what is done with them, are encrypted, also after a restart", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    const sent = (id: number, from: number): StoreWrite => ({
      kind: "receive",
      id,
      from,
      message: { sequence: 0, type: "go", data: '"derived"', at: 5 },
    });
    // An engine may write them in this order: the sender's message comes before the one from which it learned the
    // secret.
    await store.commit([create(1), create(2), create(3), create(4)]);
    await store.commit([
      append(0, laterLine, 2),
      sent(3, 2),
      sent(2, 1),
      append(0, secretLine),
      sent(4, 5),
    ]);
    const after = openOn(storage);
    expect(await after.mailbox(2)).toMatchObject([{ type: "go", data: '"derived"' }]);
    expect(await after.mailbox(3)).toMatchObject([{ data: '"derived"' }]);
    await after.commit([append(1, laterLine, 2), append(0, laterLine, 3), append(0, laterLine, 4)]);
    expect(await after.lines(2)).toEqual([laterLine, laterLine]);

    const plain = new MemoryWorkflowStore(storage);
    for (const id of [2, 3]) {
      const kept = JSON.stringify([await plain.mailbox(id), await plain.lines(id)]);
      expect(kept, `workflow ${id}`).not.toContain("derived");
    }
    expect(await plain.mailbox(4)).toMatchObject([{ data: '"derived"' }]);
    expect(await plain.lines(4)).toEqual([laterLine]);
  });

  test("passes it on to workflows that learn how it ended, also after a restart", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    const state = { ...freshState, status: "completed", response: '"derived"' } as const;
    const failure = { code: "PANIC", message: "derived" } as const;
    await store.commit([
      create(1),
      append(0, secretLine),
      create(2, { parent: 1, status: "failed", wakeAt: null, failure }),
      create(3),
      create(4),
      create(5),
    ]);
    await store.commit([{ kind: "state", id: 1, state }]);
    const after = openOn(storage);
    expect(await after.workflow(1, 3)).toMatchObject({ response: '"derived"' });
    expect(await after.workflow(2, 4)).toMatchObject({ failure });
    // Read by a client only.
    await after.workflow(1);
    await after.workflow(3, 5);
    const writes = [3, 4, 5].map((id) => append(0, laterLine, id));
    await after.commit(writes);
    const plain = new MemoryWorkflowStore(storage);
    const lines = await Promise.all([3, 4, 5].map((id) => plain.lines(id)));
    expect(lines.map(([line]) => isSealed(line ?? ""))).toEqual([true, true, false]);
  });

  test("has its last lines encrypted, too, which may come after its end, and in a second attempt", async () => {
    const storage = new MemoryStorage();
    const inner = new FailingStore(new MemoryWorkflowStore(storage));
    const store = new SealedWorkflowStore(inner, new Seal(key));
    await store.commit([create(1), append(0, secretLine)]);
    const last: readonly StoreWrite[] = [
      { kind: "state", id: 1, state: { ...freshState, status: "completed" } },
      append(1, laterLine),
    ];
    inner.failure = new Error("disk full");
    await expect(store.commit(last)).rejects.toThrow("disk full");
    inner.failure = undefined;
    await store.commit(last);

    expect((await new MemoryWorkflowStore(storage).lines(1)).map(isSealed)).toEqual([true, true]);
    expect(await store.lines(1)).toEqual([secretLine, laterLine]);
  });

  test("has its notes encrypted", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    await store.commit([
      create(1),
      append(0, secretLine),
      { kind: "note", id: 1, name: "state", value: '"derived"' },
    ]);

    expect(await store.note(1, "state")).toBe('"derived"');
    expect(isSealed((await new MemoryWorkflowStore(storage).note(1, "state")) ?? "")).toBe(true);
  });

  test("has the error that it ended with encrypted, down to the last cause", async () => {
    const storage = new MemoryStorage();
    const store = openOn(storage);
    const cause = { name: "E", message: "derived", stack: "derived", cause: null, errors: [] };
    const thrown = { ...cause, cause, errors: [cause] };
    const failure = { code: "THROWN", message: "derived", thrown } as const;
    await store.commit([
      create(1),
      append(0, secretLine),
      { kind: "state", id: 1, state: { ...freshState, status: "failed", failure } },
    ]);

    expect((await store.workflow(1))?.failure).toEqual(failure);
    const stored = JSON.stringify(await new MemoryWorkflowStore(storage).workflow(1));
    expect(stored).not.toContain("derived");
  });

  test("can't be read with another key, nor as another workflow", async () => {
    const storage = new MemoryStorage();
    await openOn(storage).commit([create(1), create(2), append(0, secretLine)]);
    const other = openOn(storage, new Seal(Buffer.alloc(32, 8)));
    await expect(other.lines(1)).rejects.toThrow(SealError);

    const plain = new MemoryWorkflowStore(storage);
    const [sealed = ""] = await plain.lines(1);
    await plain.commit([append(0, sealed, 2)]);
    await expect(openOn(storage).lines(2)).rejects.toThrow(SealError);
  });
});

test("a repeated commit is the same to the store below", async () => {
  const failing = new FailingStore(new MemoryWorkflowStore());
  const store = new SealedWorkflowStore(failing, new Seal(key));
  const writes = [create(1), append(0, secretLine)];
  failing.failure = new Error("no answer");
  await expect(store.commit(writes)).rejects.toThrow("no answer");
  failing.failure = undefined;
  await store.commit(writes);

  expect(failing.attempts).toHaveLength(2);
  expect(failing.attempts[1]).toBe(failing.attempts[0]);
});

test("a workflow that read no secret, or doesn't exist, stays in plain text", async () => {
  const storage = new MemoryStorage();
  const store = openOn(storage);
  const none = stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":null}');
  await store.commit([create(1), append(0, before), append(1, none), append(2, laterLine)]);

  expect(await new MemoryWorkflowStore(storage).lines(1)).toEqual([before, none, laterLine]);
});

test("a response that only looks encrypted comes back as it was", async () => {
  const storage = new MemoryStorage();
  const store = openOn(storage);
  const state = { ...freshState, response: "sealed:v1:nothing" };
  await store.commit([create(1), { kind: "state", id: 1, state }]);

  expect(await store.list({ limit: 9 })).toMatchObject([{ response: "sealed:v1:nothing" }]);
});

test("a key of the wrong length is refused", () => {
  expect(() => new Seal(Buffer.alloc(16))).toThrow(RangeError);
});

test("a seal that is created without its key encrypts nothing until it has one", () => {
  const seal = new Seal();
  expect(() => seal.close(1, "text")).toThrow(SealError);
  seal.useKey(key);

  expect(new Seal(key).open(1, seal.close(1, "text"))).toBe("text");
  expect(() => seal.useKey(new Uint8Array(31))).toThrow("32 bytes");
});
