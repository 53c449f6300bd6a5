import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { packText } from "../packed/packed-text.ts";
import type { Kinds } from "./kinds.ts";
import { journalFormat } from "./sqlite-schema.ts";
import { insertWorkflow, packedInputCharacters, workflowColumns } from "./sqlite-commits.ts";
import type { SqliteJournals } from "./sqlite-journals.ts";
import type { Row } from "./sqlite-rows.ts";
import { shortWaiting } from "./stored-waiting.ts";

/** The max number of workflows, and of characters in their texts (besides the last workflow's), in one transaction. */
const maxWorkflows = 500;
const maxCharacters = 8 * 2 ** 20;
/** How many free pages leave the file at a time. */
const maxPages = 512;

/** Follows the name of such a file in messages that say it can't be used. */
export const halfMoved: string =
  "is being brought up to date, and that has not ended. Start a server on its directory to finish it, then stop the server.";

/** What to do about a file of another format, for the end of messages: only a server upgrades a file. */
export function adviceFor(version: number): string {
  return journalFormat.upgrades?.[version] === undefined
    ? ""
    : " Start a server on its directory, which brings it up to date, and stop it again.";
}

/** Whether a file of format 5 was set aside and some of it is not in the tables of format 6 yet. */
export function isMovingFrom5(database: DatabaseSync): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE name = 'workflows_5'";
  return database.prepare(sql).get() !== undefined;
}

/** Tells how many workflows are about to be moved, and when they are. */
export type OnMove = (move: { readonly workflows: number; readonly isDone: boolean }) => void;

/**
 * Moves the contents of tables of format 5 to those of format 6, some workflows at a time. Whenever it is interrupted,
 * each workflow is in one or the other, and the next start continues with the rest.
 */
export function moveFrom5(
  database: DatabaseSync,
  kinds: Kinds,
  journals: SqliteJournals,
  onMove: OnMove,
): void {
  if (!isMovingFrom5(database)) {
    return;
  }
  const count = database.prepare("SELECT count(*) AS n FROM workflows_5").get()?.["n"];
  const workflows = Number(count);
  onMove({ workflows, isDone: false });
  const insert = database.prepare(insertWorkflow);
  const next = database.prepare("SELECT * FROM workflows_5 ORDER BY id LIMIT 1");
  const appends = database.prepare(
    "SELECT position, lines FROM journal_5 WHERE workflow = ? ORDER BY position",
  );
  const deleted = [
    database.prepare("DELETE FROM workflows_5 WHERE id = ?"),
    database.prepare("DELETE FROM journal_5 WHERE workflow = ?"),
  ];
  const move = (): number => {
    let moved = 0;
    for (let characters = 0; moved < maxWorkflows && characters < maxCharacters; moved += 1) {
      const row = next.get();
      if (row === undefined) {
        break;
      }
      const id = Number(row["id"]);
      insert.run(...valuesOf(row, kinds));
      for (const { position, lines } of appends.all(id)) {
        journals.append(id, Number(position), String(lines));
        characters += String(lines).length;
      }
      characters += String(row["input"]).length;
      deleted.forEach((statement) => statement.run(id));
    }
    return moved;
  };
  while (inTransaction(database, move) > 0) {
    // Each transaction moves one batch.
  }
  database.exec(`
    BEGIN IMMEDIATE;
    -- Those of no workflow: a check tells of them.
    INSERT INTO journal SELECT * FROM journal_5;
    DELETE FROM journal_5;
    COMMIT;
  `);
  giveBack(database);
  // Last, so that the next time goes on with giving back, too.
  database.exec("BEGIN IMMEDIATE; DROP TABLE journal_5; DROP TABLE workflows_5; COMMIT;");
  onMove({ workflows, isDone: true });
}

/** Converts a row of format 5 to format 6. Damaged values stay damaged, and fail only when they are read. */
function valuesOf(row: Row, kinds: Kinds): readonly SQLInputValue[] {
  const kind = kinds.numberOf({
    module: String(row["module"]),
    version: String(row["version"]),
    moduleHash: String(row["module_hash"]),
    workflow: String(row["workflow"]),
  });
  const { id, root, response, waiting, wake_at: wakeAt } = row;
  const changed: Readonly<Record<string, SQLInputValue>> = {
    kind,
    root: root === id ? null : (root ?? null),
    input: packText(String(row["input"]), packedInputCharacters),
    waiting: typeof waiting === "string" ? shortWaiting(waiting, wakeAt as number | null) : null,
    response: typeof response === "string" ? packText(response) : null,
  };
  const all: Readonly<Record<string, SQLInputValue>> = { ...row, ...changed };
  return workflowColumns.map((column) => all[column] ?? null);
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

/** Removes the free pages from the file. */
function giveBack(database: DatabaseSync): void {
  const free = (): number =>
    Number(database.prepare("PRAGMA freelist_count").get()?.["freelist_count"]);
  for (let before = free(), left = -1; before > 0 && before !== left;) {
    left = before;
    database.exec(`PRAGMA incremental_vacuum(${maxPages})`);
    before = free();
  }
}
