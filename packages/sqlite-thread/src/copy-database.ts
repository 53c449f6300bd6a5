import type { DatabaseSync } from "node:sqlite";
import { nodeSqlite } from "./node-sqlite.ts";

/** Pages that are copied at a time; nothing else is done meanwhile. */
const pagesAtATime = 256;
const maxAttempts = 100;
/** Result codes. Source: sqlite.org/rescode.html */
const ok = 0;
const busy = 5;
const locked = 6;

/**
 * Copies a database to another file while its connection remains in use.
 *
 * @param target a file that doesn't exist yet or is empty
 * @throws Error of SQLite
 */
export async function copyDatabase(database: DatabaseSync, target: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await nodeSqlite.backup(database, target, { rate: pagesAtATime });
      return;
    } catch (error) {
      // If the very first step meets a transaction, Node fails instead of retrying.
      const { errcode } = error as { readonly errcode?: number };
      const mayGoAway = [ok, busy, locked].includes((errcode ?? -1) & 0xff);
      if (!mayGoAway || attempt >= maxAttempts) {
        throw error;
      }
    }
  }
}
