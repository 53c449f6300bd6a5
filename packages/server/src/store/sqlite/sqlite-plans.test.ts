import { DatabaseSync } from "node:sqlite";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { journalFileName } from "./sqlite-workflow-store.ts";
import { SqliteStore } from "./sqlite-store.ts";

/** How SQLite goes about each statement that a store prepares. */
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
  ["what ended before a time", (store: SqliteStore) => store.prune(5, 9), "ends"],
])("%s is found by an index, however many workflows there are", (_what, use, index) => {
  const plans = plansOf(use);

  expect(plans.filter((plan) => plan.startsWith("SCAN"))).toEqual([]);
  expect(plans.join("\n")).toContain(index);
});
