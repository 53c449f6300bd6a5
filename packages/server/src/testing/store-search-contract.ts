import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { StoredWorkflowFilter } from "../store/workflow-store.ts";
import { type StoreSetup, TestStore } from "./store-contract/test-store.ts";
import { create, freshState } from "./stored-workflow.ts";

/** What every store must find, and in which order. */
export function storeSearchContract(name: string, setup: () => StoreSetup): void {
  describe(`${name}`, () => {
    const tested = new TestStore();

    beforeEach(() => tested.open(setup()));

    afterEach(() => tested.close());

    test("a list ends with the workflow that makes it too long, and has no inputs", async () => {
      const response = "x".repeat(100);
      await tested.store.commit([1, 2, 3, 4].map((id) => create(id, { input: '"in"', response })));
      const found = await tested.store.list({ limit: 10, characters: 150 });

      expect(found.map(({ id, input }) => [id, input])).toEqual([
        [4, ""],
        [3, ""],
      ]);
      expect(await tested.store.list({ limit: 10, characters: 1 })).toHaveLength(1);
    });

    async function listed(filter: Partial<StoredWorkflowFilter>): Promise<readonly number[]> {
      return (await tested.store.list({ limit: 10, ...filter })).map(({ id }) => id);
    }

    test("wake-ups are sorted by time and then id, paged, and of running workflows only", async () => {
      await tested.store.commit([
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

      expect(await tested.store.wakeups(null, 10)).toEqual(all);
      expect(await tested.store.wakeups(null, 2)).toEqual(all.slice(0, 2));
      expect(await tested.store.wakeups({ id: 7, wakeAt: 0 }, 2)).toEqual(all.slice(2, 4));
      expect(await tested.store.wakeups({ id: 1, wakeAt: 500 }, 10)).toEqual(all.slice(4));
      expect(await tested.store.wakeups({ id: 3, wakeAt: 500 }, 10)).toEqual([]);
    });

    test("finds the running children that are bound to a parent, newest first", async () => {
      const child = { parent: 1, root: 1, depth: 1, bound: true };
      await tested.store.commit([
        create(1, { hasBoundChildren: true }),
        create(2, child),
        create(3, { ...child, bound: false }),
        create(4, { ...child, status: "completed", wakeAt: null }),
        create(5, child),
        create(6, { ...child, parent: 5, depth: 2 }),
      ]);
      expect(await tested.store.ids({ runningBoundTo: 1, limit: 10 })).toEqual([5, 2]);
      expect(await tested.store.ids({ runningBoundTo: 1, below: 5, limit: 10 })).toEqual([2]);
      expect(await tested.store.ids({ runningBoundTo: 1, limit: 1 })).toEqual([5]);
      expect(await listed({ runningBoundTo: 5 })).toEqual([6]);
      expect(await tested.store.ids({ runningBoundTo: 2, limit: 10 })).toEqual([]);
    });

    test("finds the children of a parent, including ended ones, newest first", async () => {
      const child = { parent: 1, root: 1, depth: 1 };
      await tested.store.commit([
        create(1),
        create(2, child),
        create(3, { ...child, status: "completed", wakeAt: null, endedAt: 9 }),
        create(4, { ...child, parent: 2, depth: 2 }),
        create(5),
      ]);
      expect(await listed({ childrenOf: 1 })).toEqual([3, 2]);
      expect(await tested.store.ids({ childrenOf: 1, below: 3, limit: 10 })).toEqual([2]);
      expect(await tested.store.ids({ childrenOf: 1, limit: 1 })).toEqual([3]);
      expect(await tested.store.ids({ childrenOf: 5, limit: 10 })).toEqual([]);
    });

    test("finds workflows that ended with bound children, and keeps them until that is handled", async () => {
      const ended = { status: "completed", wakeAt: null, endedAt: 10 } as const;
      await tested.store.commit([
        create(1, { hasBoundChildren: true }),
        create(2, { hasBoundChildren: true }),
        create(3, ended),
        create(4),
      ]);
      const unbinding = (): Promise<readonly number[]> =>
        tested.store.ids({ endedWithBoundChildren: true, limit: 10 });
      expect(await unbinding()).toEqual([]);
      const state = { ...freshState, ...ended, hasBoundChildren: true };
      await tested.store.commit([{ kind: "state", id: 2, state }]);
      expect(await unbinding()).toEqual([2]);
      expect(await tested.store.prune(20, 10)).toBe(1);
      expect(await tested.store.workflow(2)).toMatchObject({ hasBoundChildren: true });
      await tested.store.commit([
        { kind: "state", id: 2, state: { ...state, hasBoundChildren: false } },
      ]);
      expect(await unbinding()).toEqual([]);
      expect(await tested.store.prune(20, 10)).toBe(1);
    });

    test("finds the running descendants of a root, newest first", async () => {
      await tested.store.commit([
        create(1),
        create(2, { parent: 1, root: 1, depth: 1 }),
        create(3, { parent: 2, root: 1, depth: 2 }),
        create(4, { parent: 1, root: 1, depth: 1, status: "completed" }),
        create(5),
        create(6, { parent: 5, root: 5, depth: 1 }),
      ]);
      expect(await tested.store.ids({ runningDescendantsOf: 1, limit: 10 })).toEqual([3, 2]);
      expect(await tested.store.ids({ runningDescendantsOf: 1, limit: 1 })).toEqual([3]);
      expect(await tested.store.ids({ runningDescendantsOf: 1, below: 3, limit: 9 })).toEqual([2]);
      expect(await tested.store.ids({ runningDescendantsOf: 2, limit: 10 })).toEqual([]);
      expect(await listed({ runningDescendantsOf: 5 })).toEqual([6]);
      expect(await tested.store.ids({ status: "completed", limit: 10 })).toEqual([4]);
      expect(await tested.store.workflow(3)).toMatchObject({ parent: 2, root: 1, depth: 2 });
    });

    test("counts workflows by state, and the sleeping ones", async () => {
      await tested.store.commit([
        create(1, { wakeAt: 500 }),
        create(2, { wakeAt: 0 }),
        create(3, { wakeAt: null }),
        create(4, { wakeAt: null, status: "completed" }),
        create(5, { wakeAt: null, status: "failed" }),
        create(6, { wakeAt: null, status: "failed" }),
        create(7, { wakeAt: null, status: "cancelled" }),
      ]);

      expect(await tested.store.counts()).toEqual({
        running: 3,
        completed: 1,
        failed: 2,
        cancelled: 1,
        sleeping: 1,
      });
    });

    test("wake-ups follow the state, into the far future", async () => {
      const never = 8.64e15;
      await tested.store.commit([create(1), create(2, { wakeAt: 3 })]);
      await tested.store.commit([
        { kind: "state", id: 1, state: { ...freshState, wakeAt: never } },
        { kind: "state", id: 2, state: { ...freshState, wakeAt: null, status: "cancelled" } },
      ]);

      expect(await tested.store.wakeups(null, 10)).toEqual([{ id: 1, wakeAt: never }]);
    });

    test("a search finds the same workflows by any index", async () => {
      const ended = { status: "failed", wakeAt: null } as const;
      await tested.store.commit([
        create(1, { createdAt: 100, idempotencyKey: "order-1", labels: { a: "1", b: "x" } }),
        create(2, {
          createdAt: 200,
          idempotencyKey: "order-2",
          labels: { a: "1" },
          ...ended,
          endedAt: 250,
        }),
        create(3, {
          createdAt: 300,
          labels: { a: "2" },
          ...ended,
          endedAt: 350,
          workflow: "no%op",
        }),
        create(4, { createdAt: 400, idempotencyKey: "orde", input: '{"text":"50% é\u0001"}' }),
        create(5, { createdAt: 500, labels: { a: "1", b: "x" }, ...ended, endedAt: 550 }),
      ]);
      const both = { labels: { a: "1", b: "x" } };

      expect(await listed({ labels: { a: "1" } })).toEqual([5, 2, 1]);
      expect(await listed({ labels: { a: "1" }, by: { label: "a" } })).toEqual([5, 2, 1]);
      expect(await listed({ labels: { a: "1" }, by: { label: "a" }, limit: 2 })).toEqual([5, 2]);
      expect(await listed({ labels: { a: "1" }, by: { label: "a" }, below: 5, from: 2 })).toEqual([
        2,
      ]);
      for (const by of ["all", { label: "a" }, { label: "b" }] as const) {
        expect(await listed({ ...both, by })).toEqual([5, 1]);
        expect(await listed({ ...both, by, status: "failed" })).toEqual([5]);
        expect(await tested.store.ids({ ...both, by, limit: 9 })).toEqual([5, 1]);
      }
      expect(await listed({ status: "failed", by: "status", endedFrom: 350 })).toEqual([5, 3]);
      expect(await listed({ endedFrom: 250, endedBefore: 350 })).toEqual([2]);
      expect(await listed({ createdFrom: 200, createdBefore: 400, by: "all" })).toEqual([3, 2]);
      expect(await listed({ keyPrefix: "order-" })).toEqual([2, 1]);
      expect(await listed({ keyPrefix: "order-", by: "keys", below: 2 })).toEqual([1]);
      expect(await listed({ keyPrefix: "ord%" })).toEqual([]);
      expect(await listed({ namePrefix: "no%" })).toEqual([3]);
      expect(await listed({ namePrefix: "noop" })).toEqual([5, 4, 2, 1]);
      expect(await listed({ inputText: "50% é" })).toEqual([4]);
      expect(await listed({ inputText: "\u0001" })).toEqual([4]);
      expect(await listed({ from: 3 })).toEqual([5, 4, 3]);
    });

    test("a walk reports its progress", async () => {
      const labels = { a: "1" };
      await tested.store.commit([
        ...[1, 2, 3].map((id) =>
          create(id, { labels, idempotencyKey: `k${id}`, input: '"12345678"' }),
        ),
        create(4, { status: "failed", wakeAt: null }),
      ]);
      const filter = { labels, status: "failed", keyPrefix: "k", limit: 1 } as const;

      for (const by of ["all", { label: "a" }] as const) {
        expect(await tested.store.walk(filter, by, { most: 9 })).toEqual({
          count: by === "all" ? 4 : 3,
          lowest: null,
        });
      }
      expect(await tested.store.walk(filter, "all", { most: 2 })).toEqual({ count: 2, lowest: 3 });
      expect(await tested.store.walk(filter, { label: "a" }, { most: 2 })).toEqual({
        count: 2,
        lowest: 2,
      });
      expect(await tested.store.walk({ ...filter, below: 3 }, { label: "a" }, { most: 1 })).toEqual(
        {
          count: 1,
          lowest: 2,
        },
      );
      expect(await tested.store.walk(filter, "status", { most: 9 })).toEqual({
        count: 1,
        lowest: null,
      });
      expect(await tested.store.walk(filter, "keys", { most: 9 })).toEqual({
        count: 3,
        lowest: null,
      });
      const bytes = (inputBytes: number): Promise<unknown> =>
        tested.store.walk(filter, { label: "a" }, { most: 9, inputBytes });
      expect(await bytes(20)).toEqual({ count: 2, lowest: 2 });
      expect(await bytes(1)).toEqual({ count: 1, lowest: 3 });
      expect(await bytes(30)).toEqual({ count: 3, lowest: null });
      expect(await tested.store.walk({ limit: 1, from: 9 }, "all", { most: 9 })).toEqual({
        count: 0,
        lowest: null,
      });
    });

    test("a list shows the requested workflows, newest first", async () => {
      await tested.store.commit([
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
