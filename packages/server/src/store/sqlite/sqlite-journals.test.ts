import * as fc from "fast-check";
import { closeDatabase } from "@flawless-ts/sqlite-thread";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { describe, expect, test } from "vitest";
import { create, freshState } from "../../testing/stored-workflow.ts";
import type { StoreWrite } from "../workflow-store.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { journalFileName } from "./sqlite-workflow-store.ts";

/** A store without its thread, in its own transactions. */
class Journals implements Disposable {
  readonly #directory = new TemporaryDirectory();
  readonly #file = this.#directory.join(journalFileName);
  store = new SqliteStore(this.#file);

  commit(writes: readonly StoreWrite[], ends: "COMMIT" | "ROLLBACK" = "COMMIT"): void {
    this.store.database.exec("BEGIN");
    try {
      this.store.commit(writes);
      this.store.database.exec(ends);
    } catch (error) {
      this.store.database.exec("ROLLBACK");
      this.store.rolledBack();
      throw error;
    }
    if (ends === "ROLLBACK") {
      this.store.rolledBack();
    }
  }

  reopen(): void {
    closeDatabase(this.store.database, this.#file);
    this.store = new SqliteStore(this.#file);
  }

  rows(): number {
    const sql =
      "SELECT (SELECT count(*) FROM journal_starts) + (SELECT count(*) FROM journal) AS n";
    return Number(this.store.database.prepare(sql).get()?.["n"]);
  }

  [Symbol.dispose](): void {
    closeDatabase(this.store.database, this.#file);
    this.#directory.remove();
  }
}

function append(id: number, position: number, lines: string): StoreWrite {
  return { kind: "append", id, position, lines };
}

const step = fc.oneof(
  fc.record({
    do: fc.constant("append"),
    id: fc.integer({ min: 1, max: 3 }),
    text: fc.oneof(fc.string({ maxLength: 40 }), fc.integer().map(String)),
    times: fc.integer({ min: 1, max: 200 }),
    isLost: fc.boolean(),
  }),
  fc.record({ do: fc.constant("continue"), id: fc.integer({ min: 1, max: 3 }), kept: fc.nat(3) }),
  fc.record({ do: fc.constant("reopen") }),
);

describe("the rows of journals", () => {
  test("hold what was appended, whatever happens in between", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        using journals = new Journals();
        journals.commit([create(1), create(2), create(3)]);
        const known = new Map([1, 2, 3].map((id) => [id, { start: 0, texts: [] as string[] }]));
        for (const each of steps) {
          if (each.do === "reopen") {
            journals.reopen();
            continue;
          }
          const journal = known.get((each as { readonly id: number }).id);
          if (journal === undefined) {
            continue;
          }
          const next = journal.start + journal.texts.length;
          if ("text" in each) {
            const text = each.text.repeat(each.times);
            journals.commit([append(each.id, next, text)], each.isLost ? "ROLLBACK" : "COMMIT");
            journal.texts.push(...(each.isLost ? [] : [text]));
          } else if ("kept" in each) {
            const journalStart = Math.max(journal.start, next - each.kept);
            journals.commit([
              { kind: "state", id: each.id, state: { ...freshState, journalStart } },
              { kind: "continue", id: each.id, input: "1", journalStart },
            ]);
            journal.texts.splice(0, journalStart - journal.start);
            journal.start = journalStart;
          }
        }
        for (const [id, { start, texts }] of known) {
          expect(journals.store.lines(id)).toEqual(texts);
          for (let from = start; from <= start + texts.length; from += 1) {
            const some = journals.store.lines(id, { from, count: 2 });
            expect(some).toEqual(texts.slice(from - start, from - start + 2));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  test("hold many appends each, also of more workflows than are cached", () => {
    using journals = new Journals();
    const ids = Array.from({ length: 700 }, (_, index) => index + 1);
    journals.commit(ids.map((id) => create(id)));
    for (let position = 0; position < 6; position += 1) {
      journals.commit(ids.map((id) => append(id, position, `line ${position} of ${id}\n`)));
    }
    expect(journals.rows()).toBe(ids.length);
    expect(journals.store.lines(700)).toEqual(
      [0, 1, 2, 3, 4, 5].map((position) => `line ${position} of 700\n`),
    );
  });

  test("take no position twice, also after a restart", () => {
    using journals = new Journals();
    journals.commit([create(1), append(1, 0, "one\n")]);
    journals.commit([append(1, 1, "two\n")]);
    for (const reopens of [false, true]) {
      if (reopens) {
        journals.reopen();
      }
      expect(() => journals.commit([append(1, 1, "other\n")])).toThrow("is taken");
      expect(() => journals.commit([append(1, 0, "other\n")])).toThrow();
    }
    expect(journals.store.lines(1)).toEqual(["one\n", "two\n"]);
  });

  test("that are damaged still take appends, and fail when they are read", () => {
    using journals = new Journals();
    journals.commit([create(1), append(1, 0, "one line that is long enough to be packed\n")]);
    journals.store.database.exec("UPDATE journal_starts SET lines = x'0100000000'");
    journals.reopen();
    journals.commit([append(1, 1, "two\n")]);

    expect(() => journals.store.lines(1)).toThrow("a packed text is damaged");
    expect(journals.store.lines(1, { from: 1, count: 1 })).toEqual(["two\n"]);
  });

  test("may hold texts that were not packed", () => {
    using journals = new Journals();
    journals.commit([create(1)]);
    journals.store.database.exec("INSERT INTO journal_starts VALUES (1, 0, 'plain')");
    journals.commit([append(1, 1, "two\n"), append(1, 2, "three\n")]);

    expect(journals.store.lines(1)).toEqual(["plain", "two\n", "three\n"]);
  });
});
