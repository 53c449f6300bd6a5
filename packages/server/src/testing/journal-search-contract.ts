import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Journal, StoredWorkflowFilter } from "../journal/journal.ts";
import type { JournalSetup } from "./journal-contract.ts";
import { create, freshState } from "./stored-workflow.ts";

/** What every journal must find again, and in which order. */
export function journalSearchContract(name: string, setup: () => JournalSetup): void {
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

    test("a list ends with the workflow that makes it too long, and has no inputs", async () => {
      const response = "x".repeat(100);
      await journal.commit([1, 2, 3, 4].map((id) => create(id, { input: '"in"', response })));
      const found = await journal.list({ limit: 10, characters: 150 });

      expect(found.map(({ id, input }) => [id, input])).toEqual([
        [4, ""],
        [3, ""],
      ]);
      expect(await journal.list({ limit: 10, characters: 1 })).toHaveLength(1);
    });

    async function listed(filter: Partial<StoredWorkflowFilter>): Promise<readonly number[]> {
      return (await journal.list({ limit: 10, ...filter })).map(({ id }) => id);
    }

    test("wakeups come by time and then id, page by page, of running workflows only", async () => {
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

    test("finds the descendants of a root that run, newest first", async () => {
      await journal.commit([
        create(1),
        create(2, { parent: 1, root: 1, depth: 1 }),
        create(3, { parent: 2, root: 1, depth: 2 }),
        create(4, { parent: 1, root: 1, depth: 1, status: "completed" }),
        create(5),
        create(6, { parent: 5, root: 5, depth: 1 }),
      ]);
      expect(await journal.ids({ runningDescendantsOf: 1, limit: 10 })).toEqual([3, 2]);
      expect(await journal.ids({ runningDescendantsOf: 1, limit: 1 })).toEqual([3]);
      expect(await journal.ids({ runningDescendantsOf: 1, below: 3, limit: 9 })).toEqual([2]);
      expect(await journal.ids({ runningDescendantsOf: 2, limit: 10 })).toEqual([]);
      expect(await listed({ runningDescendantsOf: 5 })).toEqual([6]);
      expect(await journal.ids({ status: "completed", limit: 10 })).toEqual([4]);
      expect(await journal.workflow(3)).toMatchObject({ parent: 2, root: 1, depth: 2 });
    });

    test("counts workflows by state, and those that sleep", async () => {
      await journal.commit([
        create(1, { wakeAt: 500 }),
        create(2, { wakeAt: 0 }),
        create(3, { wakeAt: null }),
        create(4, { wakeAt: null, status: "completed" }),
        create(5, { wakeAt: null, status: "failed" }),
        create(6, { wakeAt: null, status: "failed" }),
        create(7, { wakeAt: null, status: "cancelled" }),
      ]);

      expect(await journal.counts()).toEqual({
        running: 3,
        completed: 1,
        failed: 2,
        cancelled: 1,
        sleeping: 1,
      });
    });

    test("wakeups follow the state, into the far future", async () => {
      const never = 8.64e15;
      await journal.commit([create(1), create(2, { wakeAt: 3 })]);
      await journal.commit([
        { kind: "state", id: 1, state: { ...freshState, wakeAt: never } },
        { kind: "state", id: 2, state: { ...freshState, wakeAt: null, status: "cancelled" } },
      ]);

      expect(await journal.wakeups(null, 10)).toEqual([{ id: 1, wakeAt: never }]);
    });

    test("a listing shows what is asked for, newest first", async () => {
      await journal.commit([
        create(1),
        create(2, { status: "completed", wakeAt: null }),
        create(3, { status: "failed", wakeAt: null, module: "other" }),
        create(4, { version: "2" }),
        create(5, { workflow: "sleep_ms", status: "cancelled", wakeAt: null }),
        create(6, { module: "other", status: "completed", wakeAt: null }),
      ]);
      const everything = { module: "other", version: "1.0.0", workflow: "noop" };

      expect(await listed({})).toEqual([6, 5, 4, 3, 2, 1]);
      expect(await listed({ status: "running" })).toEqual([4, 1]);
      expect(await listed({ status: "completed" })).toEqual([6, 2]);
      expect(await listed({ status: "failed" })).toEqual([3]);
      expect(await listed({ status: "cancelled" })).toEqual([5]);
      expect(await listed({ module: "other" })).toEqual([6, 3]);
      expect(await listed({ version: "2" })).toEqual([4]);
      expect(await listed({ workflow: "noop" })).toEqual([6, 4, 3, 2, 1]);
      expect(await listed({ ...everything, status: "completed" })).toEqual([6]);
      expect(await listed({ below: 3 })).toEqual([2, 1]);
      expect(await listed({ below: 4, status: "running" })).toEqual([1]);
      expect(await listed({ limit: 2 })).toEqual([6, 5]);
      expect(await listed({ module: "' OR 1 = 1 --" })).toEqual([]);
    });
  });
}
