import type { DatabaseSync } from "node:sqlite";
import type { StoreWrite } from "../workflow-store.ts";
import type { SqliteCommits } from "./sqlite-commits.ts";
import { type Row, toOldWorkflow } from "./sqlite-rows.ts";

/** So many workflows, and so many characters of their texts beside those of the last one, go in one transaction. */
const maxWorkflows = 500;
const maxCharacters = 8 * 2 ** 20;
/** Free pages that leave the file at a time. */
const maxPages = 4_096;

/** What to say of such a file where it can't be used, behind its name. */
export const halfMoved: string =
  "is being brought up to date, and that has not ended. Start a server on its directory, which goes on with it, and stop it again.";

/** Whether a file of format 5 was set aside, and not all of it is in the tables of format 6 yet. */
export function isMovingFrom5(database: DatabaseSync): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE name = 'workflows_5'";
  return database.prepare(sql).get() !== undefined;
}

/**
 * Moves what is in tables of format 5 to those of format 6, some workflows at a time: each is in one or the other, whenever
 * it ends. The next time goes on with what is left.
 */
export function moveFrom5(database: DatabaseSync, commits: SqliteCommits): void {
  if (!isMovingFrom5(database)) {
    return;
  }
  const rows = {
    // Their labels are where they were.
    workflows: database.prepare("SELECT *, '{}' AS labels FROM workflows_5 ORDER BY id LIMIT 1"),
    journal: database.prepare(
      "SELECT position, lines FROM journal_5 WHERE workflow = ? ORDER BY position",
    ),
    deleted: [
      database.prepare("DELETE FROM workflows_5 WHERE id = ?"),
      database.prepare("DELETE FROM journal_5 WHERE workflow = ?"),
    ],
  };
  const move = (): number => {
    let moved = 0;
    for (let characters = 0; moved < maxWorkflows && characters < maxCharacters; moved += 1) {
      const row = rows.workflows.get();
      if (row === undefined) {
        break;
      }
      const workflow = toOldWorkflow(row);
      const { id } = workflow;
      const appends = rows.journal.all(id).map((append) => appendOf(id, append));
      commits.apply([{ kind: "create", workflow }, ...appends]);
      characters += appends.reduce((sum, { lines }) => sum + lines.length, workflow.input.length);
      rows.deleted.forEach((statement) => statement.run(id));
    }
    return moved;
  };
  while (inTransaction(database, move) > 0) {
    // All of it goes in steps.
  }
  database.exec(`
    BEGIN IMMEDIATE;
    -- Those of no workflow: a check tells of them.
    INSERT INTO journal SELECT * FROM journal_5;
    DROP TABLE journal_5;
    DROP TABLE workflows_5;
    COMMIT;
  `);
  giveBack(database);
}

type Append = Extract<StoreWrite, { readonly kind: "append" }>;

function appendOf(id: number, row: Row): Append {
  return { kind: "append", id, position: Number(row["position"]), lines: String(row["lines"]) };
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) {
      database.exec("ROLLBACK");
    }
    throw error;
  }
}

/** Takes the pages that are free now out of the file. */
function giveBack(database: DatabaseSync): void {
  const free = (): number =>
    Number(database.prepare("PRAGMA freelist_count").get()?.["freelist_count"]);
  for (let before = free(), left = -1; before > 0 && before !== left;) {
    left = before;
    database.exec(`PRAGMA incremental_vacuum(${maxPages})`);
    before = free();
  }
}
