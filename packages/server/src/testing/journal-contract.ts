import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Journal, JournalWrite, StoredModule } from "../journal/journal.ts";
import { create, freshState, storedWorkflow } from "./stored-workflow.ts";

/** Opens one kind of journal, anew for each test. */
export interface JournalSetup {
  open(): Promise<Journal>;
  /** Opens the same one again after it was closed. */
  reopen(): Promise<Journal>;
  cleanUp(): Promise<void>;
}

function message(sequence: number, type = "go", data = String(sequence)): JournalWrite {
  return { kind: "receive", id: 1, message: { sequence, type, data, at: 5 } };
}

function append(position: number, lines: string, id = 1): JournalWrite {
  return { kind: "append", id, position, lines };
}

const bytes = new Uint8Array([0, 1, 2, 255]);

function hashOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

const module: StoredModule = {
  name: "m",
  version: "1",
  hash: hashOf(bytes),
  deployedAt: 7,
  inspection: { inspector: 1, sizeBytes: 3, workflows: ["start"], functionTypes: 4 },
};

/** What every journal must do with what is written to it. */
export function journalContract(name: string, setup: () => JournalSetup): void {
  describe(`${name}`, () => {
    let parts: JournalSetup;
    let journal: Journal;

    beforeEach(async () => {
      parts = setup();
      journal = await parts.open();
    });

    afterEach(async () => {
      await journal.close();
      await parts.cleanUp();
    });

    async function reopen(): Promise<void> {
      await journal.close();
      journal = await parts.reopen();
    }

    test("an empty one holds nothing", async () => {
      expect(await journal.workflow(1)).toBeUndefined();
      expect(await journal.workflowByIdempotencyKey("key")).toBeUndefined();
      expect(await journal.list({ limit: 10 })).toEqual([]);
      expect(await journal.lines(1)).toEqual([]);
      expect(await journal.mailbox(1)).toEqual([]);
      expect(await journal.wakeups(null, 10)).toEqual([]);
      expect(await journal.lastId()).toBe(0);
      expect(await journal.modules()).toEqual([]);
      expect(await journal.moduleBytes(hashOf(bytes))).toBeUndefined();
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
      });
      const plain = storedWorkflow(1);
      await journal.commit([
        { kind: "create", workflow: plain },
        { kind: "create", workflow: largest },
      ]);
      expect(await journal.workflow(largest.id)).toEqual(largest);

      await reopen();

      expect(await journal.workflow(1)).toEqual(plain);
      expect(await journal.workflow(largest.id)).toEqual(largest);
      expect(await journal.workflowByIdempotencyKey("the key")).toEqual(largest);
      expect(await journal.lastId()).toBe(largest.id);
    });

    test("a state replaces the one before; what never changes stays", async () => {
      await journal.commit([create(1, { idempotencyKey: "key" })]);
      const state = { ...freshState, wakeAt: 9, waiting: { on: "sleep", until: "then" } } as const;
      await journal.commit([{ kind: "state", id: 1, state }]);

      expect(await journal.workflow(1)).toEqual(
        storedWorkflow(1, { ...state, idempotencyKey: "key" }),
      );
    });

    test("a read sees every commit that was asked for before it", async () => {
      const commits = [
        journal.commit([create(1)]),
        journal.commit([append(0, "first")]),
        journal.commit([append(1, "second"), message(0)]),
      ];
      const [lines, mailbox, lastId] = await Promise.all([
        journal.lines(1),
        journal.mailbox(1),
        journal.lastId(),
      ]);
      await Promise.all(commits);

      expect(lines).toEqual(["first", "second"]);
      expect(mailbox).toHaveLength(1);
      expect(lastId).toBe(1);
    });

    test("lines come in the order of their positions, of one workflow only", async () => {
      await journal.commit([create(1), create(2), append(0, "one\n"), append(0, "other\n", 2)]);
      for (let position = 1; position < 12; position += 1) {
        await journal.commit([append(position, `line ${position}\n`)]);
      }
      await reopen();

      expect((await journal.lines(1)).join("")).toBe(
        `one\n${Array.from({ length: 11 }, (_, index) => `line ${index + 1}\n`).join("")}`,
      );
      expect(await journal.lines(2)).toEqual(["other\n"]);
    });

    test("lines at some positions come alone, as far as there are any", async () => {
      const texts = ["one\n", "two\n", "three\n"];
      await journal.commit([create(1), ...texts.map((text, position) => append(position, text))]);
      const at = (from: number, count: number): Promise<readonly string[]> =>
        journal.lines(1, { from, count });

      expect(await at(0, 2)).toEqual(["one\n", "two\n"]);
      expect(await at(1, 5)).toEqual(["two\n", "three\n"]);
      expect(await at(3, 1)).toEqual([]);
    });

    test("texts of any size and any character come back whole", async () => {
      const texts = ["", "\u0000inside\u0000", "\u{1F600}\uFFFF\u2028", "x".repeat(5_000_000)];
      await journal.commit([create(1, { input: texts[1] ?? "", response: texts[2] ?? "" })]);
      await journal.commit(texts.map((text, position) => append(position, text)));
      await journal.commit([message(0, "nul\u0000type", "nul\u0000data")]);
      await reopen();

      expect(await journal.lines(1)).toEqual(texts);
      expect(await journal.mailbox(1)).toMatchObject([
        { type: "nul\u0000type", data: "nul\u0000data" },
      ]);
      expect(await journal.workflow(1)).toMatchObject({ input: texts[1], response: texts[2] });
    });

    describe("a mailbox", () => {
      test("keeps messages in order until they are consumed", async () => {
        await journal.commit([create(1), message(0), message(1), message(2)]);
        await journal.commit([{ kind: "consume", id: 1, sequence: 1 }]);
        await reopen();

        expect((await journal.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0, 2]);
        expect(await journal.mailbox(2)).toEqual([]);
      });

      test("loses nothing by the consumption of what it does not hold", async () => {
        await journal.commit([create(1), message(0)]);
        await journal.commit([{ kind: "consume", id: 1, sequence: 7 }]);

        expect(await journal.mailbox(1)).toHaveLength(1);
      });

      test("never holds a message that came and went in one transaction", async () => {
        await journal.commit([create(1), message(0), { kind: "consume", id: 1, sequence: 0 }]);

        expect(await journal.mailbox(1)).toEqual([]);
      });
    });

    describe("a transaction in which one write fails leaves nothing of the others:", () => {
      test("an append in a place that is taken", async () => {
        await journal.commit([create(1), append(0, "first"), message(0)]);
        const before = await journal.workflow(1);
        const failing = journal.commit([
          create(2, { idempotencyKey: "key" }),
          append(1, "second"),
          { kind: "state", id: 1, state: { ...freshState, status: "completed", response: "1" } },
          message(1),
          { kind: "consume", id: 1, sequence: 0 },
          { kind: "deploy", module, bytes },
          append(0, "in the place of the first"),
        ]);

        await expect(failing).rejects.toMatchObject({
          name: "JournalWriteError",
          retryable: false,
        });

        expect(await journal.workflow(2)).toBeUndefined();
        expect(await journal.workflowByIdempotencyKey("key")).toBeUndefined();
        expect(await journal.workflow(1)).toEqual(before);
        expect(await journal.lines(1)).toEqual(["first"]);
        expect((await journal.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0]);
        expect(await journal.modules()).toEqual([]);
        expect(await journal.moduleBytes(hashOf(bytes))).toBeUndefined();
      });

      test.each([
        ["a workflow with an id that is taken", [create(1)]],
        [
          "a workflow with an idempotency key that is taken",
          [create(3, { idempotencyKey: "key" })],
        ],
      ] as const)("%s", async (_what, writes) => {
        await journal.commit([create(1, { idempotencyKey: "key", input: "1" })]);

        await expect(journal.commit([create(2), ...writes])).rejects.toMatchObject({
          name: "JournalWriteError",
          retryable: false,
        });

        expect(await journal.workflow(2)).toBeUndefined();
        expect(await journal.workflow(3)).toBeUndefined();
        expect(await journal.workflowByIdempotencyKey("key")).toMatchObject({ id: 1, input: "1" });
      });

      test("and the next one succeeds", async () => {
        await journal.commit([create(1)]);
        await expect(journal.commit([create(1)])).rejects.toThrow();
        await journal.commit([create(2)]);

        expect(await journal.lastId()).toBe(2);
      });
    });

    describe("pruning", () => {
      const ended = (id: number, endedAt: number, key: string | null = null): JournalWrite =>
        create(id, { status: "completed", wakeAt: null, endedAt, idempotencyKey: key });

      test("forgets what ended before a time, the oldest ends first, with all that belongs to it", async () => {
        await journal.commit([
          ended(1, 30, "key"),
          ended(2, 10),
          ended(3, 20),
          ended(4, 31),
          create(5),
          append(0, "line\n"),
          message(0),
          append(0, "other\n", 4),
          append(0, "running\n", 5),
        ]);

        expect(await journal.prune(31, 2)).toBe(2);
        expect((await journal.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4, 1]);
        expect(await journal.prune(31, 2)).toBe(1);
        expect(await journal.prune(31, 2)).toBe(0);
        await reopen();

        expect((await journal.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4]);
        expect(await journal.lines(1)).toEqual([]);
        expect(await journal.mailbox(1)).toEqual([]);
        expect(await journal.workflowByIdempotencyKey("key")).toBeUndefined();
        expect(await journal.lines(4)).toEqual(["other\n"]);
        expect(await journal.lines(5)).toEqual(["running\n"]);
      });

      test("leaves the highest id, so that it is not given again", async () => {
        await journal.commit([ended(1, 10), ended(2, 10)]);

        expect(await journal.prune(100, 10)).toBe(1);
        expect(await journal.lastId()).toBe(2);
      });

      test("makes room for a new workflow with the same idempotency key", async () => {
        await journal.commit([ended(1, 10, "key"), create(2)]);
        await journal.prune(100, 10);
        await journal.commit([create(3, { idempotencyKey: "key" })]);

        expect(await journal.workflowByIdempotencyKey("key")).toMatchObject({ id: 3 });
      });
    });

    test("modules come back with their bytes; one may be replaced, old bytes stay", async () => {
      const newBytes = new Uint8Array([9]);
      const second = { ...module, version: "2", inspection: null };
      await journal.commit([{ kind: "deploy", module, bytes }]);
      await journal.commit([{ kind: "deploy", module: second, bytes }]);
      await journal.commit([
        {
          kind: "deploy",
          module: { ...module, hash: hashOf(newBytes), deployedAt: 7 },
          bytes: newBytes,
        },
      ]);
      await reopen();

      expect(await journal.modules()).toEqual([{ ...module, hash: hashOf(newBytes) }, second]);
      expect(Buffer.from((await journal.moduleBytes(hashOf(bytes))) ?? [])).toEqual(
        Buffer.from(bytes),
      );
      expect(Buffer.from((await journal.moduleBytes(hashOf(newBytes))) ?? [])).toEqual(
        Buffer.from(newBytes),
      );
    });
  });
}
