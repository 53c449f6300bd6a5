import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Journal, JournalWrite, StoredModule, StoredWorkflow } from "../journal/journal.ts";
import { freshState, storedWorkflow } from "./stored-workflow.ts";

/** Opens one kind of journal, anew for each test. */
export interface JournalSetup {
  open(): Promise<Journal>;
  /** Opens the same one again after it was closed. */
  reopen(): Promise<Journal>;
  cleanUp(): Promise<void>;
}

function create(id: number, changed: Partial<StoredWorkflow> = {}): JournalWrite {
  return { kind: "create", workflow: storedWorkflow(id, changed) };
}

function message(sequence: number, type = "go", data = String(sequence)): JournalWrite {
  return { kind: "receive", id: 1, message: { sequence, type, data, at: 5 } };
}

function append(position: number, lines: string, id = 1): JournalWrite {
  return { kind: "append", id, position, lines };
}

const module: StoredModule = { name: "m", version: "1", hash: "h1", deployedAt: 7 };

/** What every journal must do. */
export function journalContract(name: string, setup: () => JournalSetup): void {
  describe(name, () => {
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
      expect(await journal.moduleBytes("h1")).toBeUndefined();
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
      const bytes = new Uint8Array([1, 2, 3]);

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
        expect(await journal.moduleBytes("h1")).toBeUndefined();
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

    describe("wakeups", () => {
      test("come by time and then id, page by page, of running workflows only", async () => {
        await journal.commit([
          create(1, { wakeAt: 500 }),
          create(2, { wakeAt: 0 }),
          create(3, { wakeAt: 500 }),
          create(4, { wakeAt: null }),
          create(5, { wakeAt: 100.5 }),
          create(6, { wakeAt: null, status: "completed" }),
          create(7, { wakeAt: 0 }),
        ]);
        const all = [
          { id: 2, wakeAt: 0 },
          { id: 7, wakeAt: 0 },
          { id: 5, wakeAt: 100.5 },
          { id: 1, wakeAt: 500 },
          { id: 3, wakeAt: 500 },
        ];

        expect(await journal.wakeups(null, 10)).toEqual(all);
        expect(await journal.wakeups(null, 2)).toEqual(all.slice(0, 2));
        expect(await journal.wakeups({ id: 7, wakeAt: 0 }, 2)).toEqual(all.slice(2, 4));
        expect(await journal.wakeups({ id: 1, wakeAt: 500 }, 10)).toEqual(all.slice(4));
        expect(await journal.wakeups({ id: 3, wakeAt: 500 }, 10)).toEqual([]);
      });

      test("follow the state, into the far future", async () => {
        const never = 8.64e15;
        await journal.commit([create(1), create(2, { wakeAt: 3 })]);
        await journal.commit([
          { kind: "state", id: 1, state: { ...freshState, wakeAt: never } },
          { kind: "state", id: 2, state: { ...freshState, wakeAt: null, status: "cancelled" } },
        ]);

        expect(await journal.wakeups(null, 10)).toEqual([{ id: 1, wakeAt: never }]);
      });
    });

    describe("a listing", () => {
      beforeEach(async () => {
        await journal.commit([
          create(1),
          create(2, { status: "completed", wakeAt: null }),
          create(3, { status: "failed", wakeAt: null, module: "other" }),
          create(4, { version: "2" }),
          create(5, { workflow: "sleep_ms", status: "cancelled", wakeAt: null }),
          create(6, { module: "other", status: "completed", wakeAt: null }),
        ]);
      });

      test.each([
        ["everything", {}, [6, 5, 4, 3, 2, 1]],
        ["running", { status: "running" }, [4, 1]],
        ["completed", { status: "completed" }, [6, 2]],
        ["failed", { status: "failed" }, [3]],
        ["cancelled", { status: "cancelled" }, [5]],
        ["of a module", { module: "other" }, [6, 3]],
        ["of a version", { version: "2" }, [4]],
        ["of a workflow", { workflow: "noop" }, [6, 4, 3, 2, 1]],
        [
          "all at once",
          { status: "completed", module: "other", version: "1.0.0", workflow: "noop" },
          [6],
        ],
        ["below an id", { below: 3 }, [2, 1]],
        ["below an id with a status", { below: 4, status: "running" }, [1]],
        ["nothing like that", { module: "' OR 1 = 1 --" }, []],
      ] as const)("shows newest first: %s", async (_what, filter, ids) => {
        const found = await journal.list({ ...filter, limit: 10 });

        expect(found.map(({ id }) => id)).toEqual(ids);
      });

      test("is no longer than asked for", async () => {
        expect((await journal.list({ limit: 2 })).map(({ id }) => id)).toEqual([6, 5]);
      });
    });

    test("modules come back with their bytes; one may be replaced, old bytes stay", async () => {
      const bytes = new Uint8Array([0, 1, 2, 255]);
      const newBytes = new Uint8Array([9]);
      const second = { ...module, version: "2" };
      await journal.commit([{ kind: "deploy", module, bytes }]);
      await journal.commit([{ kind: "deploy", module: second, bytes }]);
      await journal.commit([
        { kind: "deploy", module: { ...module, hash: "h2", deployedAt: 7 }, bytes: newBytes },
      ]);
      await reopen();

      expect(await journal.modules()).toEqual([{ ...module, hash: "h2" }, second]);
      expect(Buffer.from((await journal.moduleBytes("h1")) ?? [])).toEqual(Buffer.from(bytes));
      expect(Buffer.from((await journal.moduleBytes("h2")) ?? [])).toEqual(Buffer.from(newBytes));
    });
  });
}
