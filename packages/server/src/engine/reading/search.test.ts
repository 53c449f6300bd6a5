import { describe, expect, test } from "vitest";
import { MemoryWorkflowStore } from "../../store/memory-workflow-store.ts";
import type { StoredWorkflowFilter } from "../../store/workflow-store.ts";
import { create } from "../../testing/stored-workflow.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import type { WorkflowFilter } from "../types.ts";
import { toRequestedPage } from "./requested-page.ts";
import { search, searchedAtOnce } from "./search.ts";

const count = 4 * searchedAtOnce + 500;

/** Many, some of them rare. */
async function filled(): Promise<MemoryWorkflowStore> {
  const store = new MemoryWorkflowStore();
  await store.commit(
    Array.from({ length: count }, (_, index) =>
      create(index + 1, {
        status: "completed",
        wakeAt: null,
        idempotencyKey: `key-${index}`,
        labels: { half: String(index % 2), tens: String(index % 10) },
        input: index === 7 ? '{"text":"needle"}' : "null",
        module: index % 5_000 === 7 ? "rare" : "common",
        ...(index % 9_000 === 17 ? { status: "failed" as const } : {}),
      }),
    ),
  );
  return store;
}

interface Answer {
  readonly ids: readonly number[];
  readonly pages: number;
  readonly searched: number;
  readonly filters: readonly StoredWorkflowFilter[];
}

/** All pages. */
async function all(store: MemoryWorkflowStore, filter: WorkflowFilter): Promise<Answer> {
  const ids: number[] = [];
  const filters: StoredWorkflowFilter[] = [];
  let pages = 0;
  let total = 0;
  let cursor: string | undefined;
  do {
    const wanted = toRequestedPage({ ...filter, cursor });
    const { found, below, searched } = await search(store, wanted, (stored) => {
      filters.push(stored);
      return store.ids(stored);
    });
    expect(found.length).toBeLessThanOrEqual(wanted.limit + 1);
    const page = found.slice(0, wanted.limit);
    ids.push(...page);
    pages += 1;
    total += searched ?? 0;
    const next = found.length > page.length ? page.at(-1) : below;
    cursor = next == null ? undefined : toPublicId(next);
  } while (cursor !== undefined);
  return { ids, pages, searched: total, filters };
}

describe("a search of many workflows", async () => {
  const store = await filled();

  test("searches a part for each page, and finds everything over the pages", async () => {
    const { ids, pages, searched } = await all(store, { module: "rare" });
    expect(ids).toEqual([20_008, 15_008, 10_008, 5_008, 8]);
    expect(pages).toBe(5);
    expect(searched).toBe(count);
  });

  test("ends a page that is full, and continues where that ended", async () => {
    const { ids } = await all(store, { module: "common", limit: 1_000 });
    expect(ids).toHaveLength(count - 5);
    expect(new Set(ids).size).toBe(count - 5);
    const full = await search(store, toRequestedPage({ module: "common" }), (stored) =>
      store.ids(stored),
    );
    expect(full.found).toHaveLength(101);
    // The first part was enough.
    expect(full.searched).toBe(1_000);
  });

  test("searches the rarest only, whatever the other conditions are", async () => {
    const filter = {
      labels: { half: "1", tens: "7" },
      status: "failed",
      module: "common",
    } as const;
    const { ids, pages, searched } = await all(store, filter);
    expect({ ids, pages, searched }).toEqual({ ids: [18_018, 9_018, 18], pages: 1, searched: 3 });
  });

  test("for one label, or for a status, needs no scan", async () => {
    const labelled = await all(store, { labels: { tens: "3" }, limit: 1_000 });
    expect(labelled.ids).toHaveLength(count / 10);
    const failed = await all(store, { status: "failed" });
    expect([labelled.searched, failed.searched]).toEqual([0, 0]);
    expect(labelled.filters[0]).toMatchObject({ by: { label: "tens" } });
    expect(failed.filters).toMatchObject([{ by: "status" }]);
  });

  test("by a key's prefix uses the index of keys if few match", async () => {
    const few = await all(store, { keyPrefix: "key-1234" });
    expect(few.ids).toHaveLength(11);
    expect(few.filters).toMatchObject([{ by: "keys" }]);
    expect(few.searched).toBe(11);
    const many = await all(store, { keyPrefix: "key-1" });
    expect(many.ids).toHaveLength(11_111);
    expect(many.filters[0]).toMatchObject({ by: "all" });
    expect((await all(store, { keyPrefix: "yek" })).ids).toEqual([]);
  });

  test("for a text in the input finds it at the end", async () => {
    const { ids, pages } = await all(store, { inputText: "needle" });
    expect({ ids, pages }).toEqual({ ids: [8], pages: 5 });
  });

  test("by an id's prefix finds ids of each length", async () => {
    const { ids } = await all(store, { idPrefix: "wkf_5", limit: 1_000 });
    const expected = Array.from({ length: count }, (_, index) => count - index).filter((id) =>
      toPublicId(id).startsWith("wkf_5"),
    );
    expect(expected.map((id) => toPublicId(id).length)).toContain(5);
    expect(ids).toEqual(expected);
  });

  test("for a key finds it immediately", async () => {
    const { ids, searched } = await all(store, { key: "key-9999", module: "common" });
    expect({ ids, searched }).toEqual({ ids: [10_000], searched: 0 });
  });
});

test("inputs that are long in total end a page early", async () => {
  const store = new MemoryWorkflowStore();
  const input = JSON.stringify("x".repeat(6 * 2 ** 20));
  await store.commit([1, 2, 3, 4, 5].map((id) => create(id, { input })));
  const { ids, pages } = await all(store, { inputText: "xxx" });
  expect({ ids, pages }).toEqual({ ids: [5, 4, 3, 2, 1], pages: 3 });
});
