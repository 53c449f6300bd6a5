import { DatabaseSync } from "node:sqlite";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { journalFileName } from "./sqlite-workflow-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** SQLite's query plan for each statement that a store prepares. */
function plansOf(use: (store: SqliteStore) => void): readonly string[] {
  using directory = new TemporaryDirectory();
  const file = directory.join(journalFileName);
  const store = new SqliteStore(file);
  const statements: string[] = [];
  const prepare = store.database.prepare.bind(store.database);
  store.database.prepare = (sql: string) => {
    statements.push(sql);
    return prepare(sql);
  };
  use(store);
  store.database.close();
  using database = new DatabaseSync(file);
  return statements.flatMap((sql) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row["detail"])),
  );
}

test.each([
  [
    "a list of one status",
    (store: SqliteStore) => store.list({ status: "running", limit: 9 }),
    "unusual",
  ],
  ["how many run", (store: SqliteStore) => store.running(), "unusual"],
  [
    "the descendants of a root that run",
    (store: SqliteStore) => store.ids({ runningDescendantsOf: 1, limit: 9 }),
    "descendants",
  ],
  [
    "the children that are bound to a parent",
    (store: SqliteStore) => store.ids({ runningBoundTo: 1, limit: 9 }),
    "bound",
  ],
  [
    "the children of a parent",
    (store: SqliteStore) => store.ids({ childrenOf: 1, limit: 9 }),
    "children",
  ],
  [
    "what ended with bound children",
    (store: SqliteStore) => store.ids({ endedWithBoundChildren: true, limit: 9 }),
    "unbinding",
  ],
  ["the next to wake", (store: SqliteStore) => store.wakeups(null, 9), "wakeups"],
  [
    "an idempotency key",
    (store: SqliteStore) => store.workflowByIdempotencyKey("k"),
    "idempotency_keys",
  ],
  [
    "what has a label",
    (store: SqliteStore) => store.list({ labels: { a: "b" }, by: { label: "a" }, limit: 9 }),
    "labelled",
  ],
  [
    "the failed ones with a label",
    (store: SqliteStore) =>
      store.ids({ labels: { a: "b" }, status: "failed", by: { label: "a" }, limit: 9 }),
    "labelled",
  ],
  [
    "the failed ones of a module",
    (store: SqliteStore) => store.ids({ module: "m", status: "failed", by: "status", limit: 9 }),
    "unusual",
  ],
  [
    "how keys begin",
    (store: SqliteStore) => store.ids({ keyPrefix: "k", by: "keys", limit: 9 }),
    "idempotency_keys",
  ],
  [
    "a walk among the keys that begin alike",
    (store: SqliteStore) => store.walk({ keyPrefix: "k", limit: 9 }, "keys", { most: 9 }),
    "USING COVERING INDEX idempotency_keys",
  ],
  [
    "a walk among those of a label",
    (store: SqliteStore) =>
      store.walk({ labels: { a: "b" }, limit: 9 }, { label: "a" }, { most: 9 }),
    "USING COVERING INDEX labelled",
  ],
  [
    "a walk among those of a status",
    (store: SqliteStore) => store.walk({ status: "failed", limit: 9 }, "status", { most: 9 }),
    "USING COVERING INDEX unusual",
  ],
  ["what ended before a time", (store: SqliteStore) => store.prune(5, 9), "ends"],
])("%s is found by an index, however many workflows there are", (_what, use, index) => {
  const plans = plansOf(use);

  expect(plans.filter((plan) => plan.startsWith("SCAN"))).toEqual([]);
  expect(plans.join("\n")).toContain(index);
});

test.each([
  ["of all", (store: SqliteStore) => store.ids({ module: "m", by: "all", limit: 9 })],
  [
    "of a label",
    (store: SqliteStore) => store.list({ labels: { a: "b" }, by: { label: "a" }, limit: 9 }),
  ],
  ["of a status", (store: SqliteStore) => store.ids({ status: "failed", by: "status", limit: 9 })],
  [
    "of a label and all else",
    (store: SqliteStore) =>
      store.list({ labels: { a: "b", c: "d" }, module: "m", by: { label: "a" }, limit: 9 }),
  ],
])("a list %s comes in its order, without being sorted", (_what, use) => {
  expect(plansOf(use).filter((plan) => plan.includes("TEMP B-TREE"))).toEqual([]);
});
