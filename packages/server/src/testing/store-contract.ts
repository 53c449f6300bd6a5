import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { WorkflowStore, StoreWrite, StoredModule } from "../store/workflow-store.ts";
import { create, freshState, storedWorkflow } from "./stored-workflow.ts";

/** Opens one kind of journal, a fresh one for each test. */
export interface StoreSetup {
  open(): Promise<WorkflowStore>;
  /** Reopens the same journal after it was closed. */
  reopen(): Promise<WorkflowStore>;
  cleanUp(): Promise<void>;
}

function message(sequence: number, type = "go", data = String(sequence)): StoreWrite {
  return { kind: "receive", id: 1, message: { sequence, type, data, at: 5 } };
}

function append(position: number, lines: string, id = 1): StoreWrite {
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
  inspection: {
    inspector: 1,
    sizeBytes: 3,
    workflows: ["start"],
    functionTypes: 4,
    cancellation: "none",
  },
};

/** What every journal must do with its writes. */
export function journalContract(name: string, setup: () => StoreSetup): void {
  describe(`${name}`, () => {
    let parts: StoreSetup;
    let store: WorkflowStore;

    beforeEach(async () => {
      parts = setup();
      store = await parts.open();
    });

    afterEach(async () => {
      await store.close();
      await parts.cleanUp();
    });

    async function reopen(): Promise<void> {
      await store.close();
      store = await parts.reopen();
    }

    test("an empty journal contains nothing", async () => {
      expect(await store.workflow(1)).toBeUndefined();
      expect(await store.workflowByIdempotencyKey("key")).toBeUndefined();
      expect(await store.list({ limit: 10 })).toEqual([]);
      expect(await store.lines(1)).toEqual([]);
      expect(await store.mailbox(1)).toEqual([]);
      expect(await store.wakeups(null, 10)).toEqual([]);
      expect(await store.lastId()).toBe(0);
      expect(await store.modules()).toEqual([]);
      expect(await store.moduleBytes(hashOf(bytes))).toBeUndefined();
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
      await store.commit([
        { kind: "create", workflow: plain },
        { kind: "create", workflow: largest },
      ]);
      expect(await store.workflow(largest.id)).toEqual(largest);

      await reopen();

      expect(await store.workflow(1)).toEqual(plain);
      expect(await store.workflow(largest.id)).toEqual(largest);
      expect(await store.workflowByIdempotencyKey("the key")).toEqual(largest);
      expect(await store.lastId()).toBe(largest.id);
    });

    test("a state replaces the previous one; constant fields stay", async () => {
      await store.commit([create(1, { idempotencyKey: "key" })]);
      const state = { ...freshState, wakeAt: 9, waiting: { on: "sleep", until: "then" } } as const;
      await store.commit([{ kind: "state", id: 1, state }]);

      expect(await store.workflow(1)).toEqual(
        storedWorkflow(1, { ...state, idempotencyKey: "key" }),
      );
    });

    test("a read sees every commit that was requested before it", async () => {
      const commits = [
        store.commit([create(1)]),
        store.commit([append(0, "first")]),
        store.commit([append(1, "second"), message(0)]),
      ];
      const [lines, mailbox, lastId] = await Promise.all([
        store.lines(1),
        store.mailbox(1),
        store.lastId(),
      ]);
      await Promise.all(commits);

      expect(lines).toEqual(["first", "second"]);
      expect(mailbox).toHaveLength(1);
      expect(lastId).toBe(1);
    });

    test("lines are in order of position, and of one workflow only", async () => {
      await store.commit([create(1), create(2), append(0, "one\n"), append(0, "other\n", 2)]);
      for (let position = 1; position < 12; position += 1) {
        await store.commit([append(position, `line ${position}\n`)]);
      }
      await reopen();

      expect((await store.lines(1)).join("")).toBe(
        `one\n${Array.from({ length: 11 }, (_, index) => `line ${index + 1}\n`).join("")}`,
      );
      expect(await store.lines(2)).toEqual(["other\n"]);
    });

    test("lines at some positions can be read alone, if there are any", async () => {
      const texts = ["one\n", "two\n", "three\n"];
      await store.commit([create(1), ...texts.map((text, position) => append(position, text))]);
      const at = (from: number, count: number): Promise<readonly string[]> =>
        store.lines(1, { from, count });

      expect(await at(0, 2)).toEqual(["one\n", "two\n"]);
      expect(await at(1, 5)).toEqual(["two\n", "three\n"]);
      expect(await at(3, 1)).toEqual([]);
    });

    test("a workflow that continues as new keeps its messages, and lines from a position on", async () => {
      await store.commit([
        create(1, { input: "1", idempotencyKey: "key" }),
        create(2),
        append(0, "one\n"),
        append(1, "two\n"),
        append(0, "other\n", 2),
        message(0),
      ]);
      const state = { ...freshState, run: 2, journalStart: 2 };
      await store.commit([
        { kind: "state", id: 1, state },
        append(2, "three\n"),
        { kind: "continue", id: 1, input: "2", journalStart: 2 },
      ]);
      await store.commit([append(3, "four\n")]);
      await reopen();

      expect(await store.workflowByIdempotencyKey("key")).toEqual(
        storedWorkflow(1, { ...state, input: "2", idempotencyKey: "key" }),
      );
      expect(await store.lines(1)).toEqual(["three\n", "four\n"]);
      expect(await store.lines(1, { from: 3, count: 5 })).toEqual(["four\n"]);
      expect(await store.lines(2)).toEqual(["other\n"]);
      expect(await store.mailbox(1)).toHaveLength(1);
    });

    test("a workflow may start and twice continue as new in one transaction", async () => {
      const later = (run: number, journalStart: number): readonly StoreWrite[] => [
        { kind: "state", id: 1, state: { ...freshState, run, journalStart } },
        append(journalStart, `run ${run}\n`),
        { kind: "continue", id: 1, input: String(run), journalStart },
      ];
      await store.commit([create(1), append(0, "run 1\n"), ...later(2, 1), ...later(3, 2)]);

      expect(await store.lines(1)).toEqual(["run 3\n"]);
      expect(await store.workflow(1)).toMatchObject({ input: "3", run: 3, journalStart: 2 });
    });

    test("texts of any size with any characters are read back unchanged", async () => {
      const texts = ["", "\u0000inside\u0000", "\u{1F600}\uFFFF\u2028", "x".repeat(5_000_000)];
      await store.commit([create(1, { input: texts[1] ?? "", response: texts[2] ?? "" })]);
      await store.commit(texts.map((text, position) => append(position, text)));
      await store.commit([message(0, "nul\u0000type", "nul\u0000data")]);
      await reopen();

      expect(await store.lines(1)).toEqual(texts);
      expect(await store.mailbox(1)).toMatchObject([
        { type: "nul\u0000type", data: "nul\u0000data" },
      ]);
      expect(await store.workflow(1)).toMatchObject({ input: texts[1], response: texts[2] });
    });

    test("labels replace the one with the same key, of one workflow only, until they are removed", async () => {
      const label = (key: string, value: string | null, id = 1): StoreWrite => ({
        kind: "label",
        id,
        key,
        value,
      });
      const labels = { a: "old", b: "gone", c: "stays" };
      await store.commit([create(1, { labels }), create(2, { labels }), label("d", "at once")]);
      await store.commit([label("a", "new"), label("a", "newest"), label("b", null)]);
      await store.commit([
        label("e", "first"),
        label("e", null),
        label("f", null),
        label("f", "6"),
      ]);
      await store.commit([create(3, { labels: { a: "old" } }), label("a", null, 3)]);
      await reopen();

      const newest = { a: "newest", c: "stays", d: "at once", f: "6" };
      expect((await store.workflow(1))?.labels).toEqual(newest);
      const listed = await store.list({ limit: 9 });
      expect(listed.map((workflow) => workflow.labels)).toEqual([{}, labels, newest]);
    });

    test("notes replace the previous one, of one workflow and name only, until they are removed", async () => {
      const note = (name: string, value: string | null, id = 1): StoreWrite => ({
        kind: "note",
        id,
        name,
        value,
      });
      await store.commit([create(1), create(2), note("a", "old"), note("b", "gone")]);
      await store.commit([note("a", "1\u0000"), note("a", '"\u{1F600}'), note("b", null)]);
      await store.commit([note("c", "first"), note("c", null), note("d", null), note("d", "kept")]);
      await reopen();

      expect(await store.note(1, "a")).toBe('"\u{1F600}');
      expect(await store.note(1, "b")).toBeUndefined();
      expect(await store.note(1, "c")).toBeUndefined();
      expect(await store.note(1, "d")).toBe("kept");
      expect(await store.note(2, "a")).toBeUndefined();
      expect(await store.note(3, "a")).toBeUndefined();
    });

    test("an update in a mailbox keeps its number", async () => {
      const update = { sequence: 1, type: "add", data: "1", at: 6, update: 7 };
      await store.commit([create(1), message(0), { kind: "receive", id: 1, message: update }]);
      await reopen();
      expect(await store.mailbox(1)).toEqual([
        { sequence: 0, type: "go", data: "0", at: 5 },
        update,
      ]);
    });

    describe("a mailbox", () => {
      test("keeps messages in order until they are consumed", async () => {
        await store.commit([create(1), message(0), message(1), message(2)]);
        await store.commit([{ kind: "consume", id: 1, sequence: 1 }]);
        await reopen();

        expect((await store.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0, 2]);
        expect(await store.mailbox(2)).toEqual([]);
      });

      test("loses nothing if a message is consumed that it doesn't contain", async () => {
        await store.commit([create(1), message(0)]);
        await store.commit([{ kind: "consume", id: 1, sequence: 7 }]);

        expect(await store.mailbox(1)).toHaveLength(1);
      });

      test("never contains a message that was received and consumed in one transaction", async () => {
        await store.commit([create(1), message(0), { kind: "consume", id: 1, sequence: 0 }]);

        expect(await store.mailbox(1)).toEqual([]);
      });
    });

    describe("a transaction with one failing write leaves no trace of the others:", () => {
      test("an append at a taken position", async () => {
        await store.commit([create(1), append(0, "first"), message(0)]);
        const before = await store.workflow(1);
        const failing = store.commit([
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

        expect(await store.workflow(2)).toBeUndefined();
        expect(await store.workflowByIdempotencyKey("key")).toBeUndefined();
        expect(await store.workflow(1)).toEqual(before);
        expect(await store.lines(1)).toEqual(["first"]);
        expect((await store.mailbox(1)).map(({ sequence }) => sequence)).toEqual([0]);
        expect(await store.modules()).toEqual([]);
        expect(await store.moduleBytes(hashOf(bytes))).toBeUndefined();
      });

      test.each([
        ["a workflow with an id that is taken", [create(1)]],
        [
          "a workflow with an idempotency key that is taken",
          [create(3, { idempotencyKey: "key" })],
        ],
      ] as const)("%s", async (_what, writes) => {
        await store.commit([create(1, { idempotencyKey: "key", input: "1" })]);

        await expect(store.commit([create(2), ...writes])).rejects.toMatchObject({
          name: "StoreWriteError",
          retryable: false,
        });

        expect(await store.workflow(2)).toBeUndefined();
        expect(await store.workflow(3)).toBeUndefined();
        expect(await store.workflowByIdempotencyKey("key")).toMatchObject({ id: 1, input: "1" });
      });

      test("and the next one succeeds", async () => {
        await store.commit([create(1)]);
        await expect(store.commit([create(1)])).rejects.toThrow();
        await store.commit([create(2)]);

        expect(await store.lastId()).toBe(2);
      });
    });

    describe("pruning", () => {
      const ended = (id: number, endedAt: number, key: string | null = null): StoreWrite =>
        create(id, {
          status: "completed",
          wakeAt: null,
          endedAt,
          idempotencyKey: key,
          labels: { end: String(endedAt) },
        });

      test("deletes workflows that ended before a time, oldest end first, with all their data", async () => {
        await store.commit([
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

        expect(await store.prune(31, 2)).toBe(2);
        expect((await store.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4, 1]);
        expect(await store.prune(31, 2)).toBe(1);
        expect(await store.prune(31, 2)).toBe(0);
        await reopen();

        expect((await store.list({ limit: 9 })).map(({ id }) => id)).toEqual([5, 4]);
        expect(await store.lines(1)).toEqual([]);
        expect(await store.mailbox(1)).toEqual([]);
        expect(await store.note(1, "state")).toBeUndefined();
        await store.commit([create(1)]);
        expect((await store.workflow(1))?.labels).toEqual({});
        expect(await store.workflowByIdempotencyKey("key")).toBeUndefined();
        expect(await store.lines(4)).toEqual(["other\n"]);
        expect(await store.lines(5)).toEqual(["running\n"]);
      });

      test("keeps the highest id, so that it is not assigned again", async () => {
        await store.commit([ended(1, 10), ended(2, 10)]);

        expect(await store.prune(100, 10)).toBe(1);
        expect(await store.lastId()).toBe(2);
      });

      test("frees the idempotency key for a new workflow", async () => {
        await store.commit([ended(1, 10, "key"), create(2)]);
        await store.prune(100, 10);
        await store.commit([create(3, { idempotencyKey: "key" })]);

        expect(await store.workflowByIdempotencyKey("key")).toMatchObject({ id: 3 });
      });
    });

    test("schedules replace the one of the same name until deleted; lists are sorted, without inputs", async () => {
      const schedule = (name: string, state = "{}"): StoreWrite => ({
        kind: "schedule",
        schedule: { name, spec: '{"é":"\u0000"}', input: '"in\u0000put"', state },
      });
      expect(await store.schedule("b")).toBeUndefined();
      expect(await store.schedules(null, 10)).toEqual([]);
      await store.commit(["b", "a", "C", "a-b"].map((name) => schedule(name)));
      await store.commit([schedule("b", "1"), schedule("b", "2"), schedule("c")]);
      await store.commit([
        { kind: "unschedule", name: "c" },
        { kind: "unschedule", name: "no" },
      ]);
      await store.commit([schedule("d"), { kind: "unschedule", name: "d" }]);
      await store.commit([{ kind: "unschedule", name: "a" }, schedule("a", "3")]);
      await reopen();

      const stored = { name: "b", spec: '{"é":"\u0000"}', input: '"in\u0000put"', state: "2" };
      expect(await store.schedule("b")).toEqual(stored);
      expect((await store.schedule("a"))?.state).toBe("3");
      expect(await store.schedule("c")).toBeUndefined();
      expect(await store.schedule("d")).toBeUndefined();
      const listed = await store.schedules(null, 10);
      expect(listed.map(({ name }) => name)).toEqual(["C", "a", "a-b", "b"]);
      expect(listed[3]).toEqual({ ...stored, input: "" });
      expect((await store.schedules("a", 1)).map(({ name }) => name)).toEqual(["a-b"]);
    });

    test("a schedule changes together with what it starts, or not at all", async () => {
      const schedule = (state: string): StoreWrite => ({
        kind: "schedule",
        schedule: { name: "s", spec: "{}", input: "null", state },
      });
      await store.commit([schedule("before"), { kind: "create", workflow: storedWorkflow(1) }]);
      const twice = [schedule("after"), { kind: "create", workflow: storedWorkflow(1) }] as const;
      await expect(store.commit(twice)).rejects.toThrow();
      expect((await store.schedule("s"))?.state).toBe("before");
      await store.commit([{ kind: "unschedule", name: "s" }]);
      await expect(
        store.commit([schedule("again"), { kind: "create", workflow: storedWorkflow(1) }]),
      ).rejects.toThrow();
      expect(await store.schedule("s")).toBeUndefined();
    });

    test("modules are read back with their bytes; a replaced module's bytes stay", async () => {
      const newBytes = new Uint8Array([9]);
      const second = { ...module, version: "2", inspection: null };
      await store.commit([{ kind: "deploy", module, bytes }]);
      await store.commit([{ kind: "deploy", module: second, bytes }]);
      await store.commit([
        {
          kind: "deploy",
          module: { ...module, hash: hashOf(newBytes), deployedAt: 7 },
          bytes: newBytes,
        },
      ]);
      await reopen();

      expect(await store.modules()).toEqual([{ ...module, hash: hashOf(newBytes) }, second]);
      expect(Buffer.from((await store.moduleBytes(hashOf(bytes))) ?? [])).toEqual(
        Buffer.from(bytes),
      );
      expect(Buffer.from((await store.moduleBytes(hashOf(newBytes))) ?? [])).toEqual(
        Buffer.from(newBytes),
      );
    });
  });
}
