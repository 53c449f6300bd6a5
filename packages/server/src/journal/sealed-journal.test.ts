import { describe, expect, test } from "vitest";
import { journalContract, type JournalSetup } from "../testing/journal-contract.ts";
import { journalSearchContract } from "../testing/journal-search-contract.ts";
import { TroubledJournal } from "../testing/journal-wrapper.ts";
import { create, freshState } from "../testing/stored-workflow.ts";
import { stepLine } from "./journal-line.ts";
import type { JournalWrite } from "./journal.ts";
import { MemoryJournal, MemoryStorage } from "./memory-journal.ts";
import { isSealed, Seal, SealError } from "./seal.ts";
import { SealedJournal } from "./sealed-journal.ts";

const key = Buffer.alloc(32, 7);

function openOn(storage: MemoryStorage, seal: Seal = new Seal(key)): SealedJournal {
  return new SealedJournal(new MemoryJournal(storage), seal);
}

function setup(): JournalSetup {
  const storage = new MemoryStorage();
  const open = async (): Promise<SealedJournal> => openOn(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
}

journalContract("a sealed journal keeps what is written to it", setup);
journalSearchContract("a sealed journal finds what is asked for", setup);

const secretLine = stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":"s3cr\u00e9t"}');
const laterLine = stepLine(2, '{"Log":{"Info":"derived"}}', '"Unit"');
const before = stepLine(0, '"GetInput"', "");

function append(position: number, lines: string, id = 1): JournalWrite {
  return { kind: "append", id, position, lines };
}

describe("a workflow that read a secret", () => {
  test("has its journal from there on sealed, and read as it was", async () => {
    const storage = new MemoryStorage();
    const journal = openOn(storage);
    await journal.commit([create(1), append(0, before)]);
    await journal.commit([append(1, secretLine)]);
    await journal.commit([append(2, laterLine)]);

    expect(await journal.lines(1)).toEqual([before, secretLine, laterLine]);
    const stored = await new MemoryJournal(storage).lines(1);
    expect(stored.map(isSealed)).toEqual([false, true, true]);
  });

  test("has its response and its failure sealed, also after a restart", async () => {
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
    const stored = JSON.stringify(await new MemoryJournal(storage).workflow(1));
    expect(stored).not.toContain("derived");
  });

  test("passes it on: what its children get, and do with it, is sealed", async () => {
    const storage = new MemoryStorage();
    const journal = openOn(storage);
    const child = create(2, { parent: 1, input: '"derived"', idempotencyKey: "child" });
    // In this order an engine may write them.
    await journal.commit([create(1), child, append(0, secretLine), append(0, laterLine, 2)]);

    expect(await journal.workflowByIdempotencyKey("child")).toMatchObject({ input: '"derived"' });
    expect(await journal.lines(2)).toEqual([laterLine]);
    const plain = new MemoryJournal(storage);
    expect(JSON.stringify([await plain.workflow(2), await plain.lines(2)])).not.toContain(
      "derived",
    );
  });

  test("has its last lines sealed, too, which may come after its end, and in a second try", async () => {
    const storage = new MemoryStorage();
    const inner = new TroubledJournal(new MemoryJournal(storage));
    const journal = new SealedJournal(inner, new Seal(key));
    await journal.commit([create(1), append(0, secretLine)]);
    const last: readonly JournalWrite[] = [
      { kind: "state", id: 1, state: { ...freshState, status: "completed" } },
      append(1, laterLine),
    ];
    inner.failure = new Error("disk full");
    await expect(journal.commit(last)).rejects.toThrow("disk full");
    inner.failure = undefined;
    await journal.commit(last);

    expect((await new MemoryJournal(storage).lines(1)).map(isSealed)).toEqual([true, true]);
    expect(await journal.lines(1)).toEqual([secretLine, laterLine]);
  });

  test("can't be read with another key, nor as another workflow", async () => {
    const storage = new MemoryStorage();
    await openOn(storage).commit([create(1), create(2), append(0, secretLine)]);
    const other = openOn(storage, new Seal(Buffer.alloc(32, 8)));
    await expect(other.lines(1)).rejects.toThrow(SealError);

    const plain = new MemoryJournal(storage);
    const [sealed = ""] = await plain.lines(1);
    await plain.commit([append(0, sealed, 2)]);
    await expect(openOn(storage).lines(2)).rejects.toThrow(SealError);
  });
});

test("a workflow that read none, or one that there is not, stays in plain text", async () => {
  const storage = new MemoryStorage();
  const journal = openOn(storage);
  const none = stepLine(1, '{"GetSecret":"TOKEN"}', '{"Secret":null}');
  await journal.commit([create(1), append(0, before), append(1, none), append(2, laterLine)]);

  expect(await new MemoryJournal(storage).lines(1)).toEqual([before, none, laterLine]);
});

test("a response that only looks sealed comes back as it was", async () => {
  const storage = new MemoryStorage();
  const journal = openOn(storage);
  const state = { ...freshState, response: "sealed:v1:nothing" };
  await journal.commit([create(1), { kind: "state", id: 1, state }]);

  expect(await journal.list({ limit: 9 })).toMatchObject([{ response: "sealed:v1:nothing" }]);
});

test("a key of another length is refused", () => {
  expect(() => new Seal(Buffer.alloc(16))).toThrow(RangeError);
});

test("a seal that comes without its key seals nothing until it has one", () => {
  const seal = new Seal();
  expect(() => seal.close(1, "text")).toThrow(SealError);
  seal.useKey(key);

  expect(new Seal(key).open(1, seal.close(1, "text"))).toBe("text");
  expect(() => seal.useKey(new Uint8Array(31))).toThrow("32 bytes");
});
