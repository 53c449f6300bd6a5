import type { Statements } from "@flawless-ts/sqlite-thread";
import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { Segment } from "../packed/segment.ts";
import type { AppendPositions } from "../workflow-store.ts";

/** The end of a journal, as in its last row. */
interface Tail {
  /** The id of its row in `journal`; null: the row is in `journal_starts`. */
  readonly row: number | bigint | null;
  /** The position of the next append; undefined if the row is damaged and doesn't say. */
  readonly next: number | undefined;
  /** Undefined: nothing can be added to this row. */
  readonly segment: Segment | undefined;
}

/** How many journals' ends are cached: each takes up to about 20 KiB. */
const maxTails = 300;
/** SQLite's code for a violated constraint. */
const constraint = 19;

/** The row that contains an append, and the rows after it. */
const rowsFrom = `
  SELECT position, lines FROM journal_starts WHERE workflow = ?
    AND NOT EXISTS (SELECT 1 FROM journal WHERE workflow = ? AND position <= ?)
  UNION ALL
  SELECT position, lines FROM journal WHERE workflow = ? AND position >=
    coalesce((SELECT max(position) FROM journal WHERE workflow = ? AND position <= ?), 0)
  ORDER BY position`;
const lastBefore = `
  SELECT position, lines FROM journal_starts WHERE workflow = ? AND position < ?
  UNION ALL
  SELECT position, lines FROM journal WHERE workflow = ? AND position < ?
  ORDER BY position DESC LIMIT 1`;

/** The rows of journals. Each holds as many appends as fit, packed. */
export class SqliteJournals {
  readonly #statements: Statements;
  /** The ends of the journals that were appended to last, most recent ones last. */
  readonly #tails = new ShortLivedMap<number, Tail>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** Call it in a transaction. @throws Error if the position is taken */
  append(id: number, position: number, lines: string): void {
    const tail = this.#tails.get(id) ?? (position === 0 ? undefined : this.#stored(id));
    this.#tails.delete(id);
    if (tail?.next !== undefined && position < tail.next) {
      const text = `position ${position} of the journal of workflow ${id} is taken`;
      throw Object.assign(new Error(text), { errcode: constraint });
    }
    let kept: Tail;
    if (tail === undefined) {
      kept = this.#begun(id, position, Segment.of(lines));
    } else if (position === tail.next && tail.segment?.add(lines) === true) {
      kept = this.#extended(id, tail.row, tail.segment, position);
    } else {
      kept = this.#inserted(id, position, Segment.of(lines));
    }
    if (kept.segment?.hasRoom === true) {
      this.#keep(id, kept);
    }
  }

  lines(
    id: number,
    { from = 0, count = Infinity }: Partial<AppendPositions> = {},
  ): readonly string[] {
    const found: string[] = [];
    for (const row of this.#statements.get(rowsFrom).iterate(id, id, from, id, id, from)) {
      const first = Number(row["position"]);
      for (const [index, text] of appendsOf(row).entries()) {
        if (first + index >= from) {
          found.push(text);
        }
      }
      if (found.length >= count) {
        return found.slice(0, count);
      }
    }
    return found;
  }

  /** Deletes the appends before a position. Call it in a transaction. */
  forgetBefore(id: number, position: number): void {
    this.#tails.delete(id);
    const last = this.#statements.get(lastBefore).get(id, position, id, position);
    if (last === undefined) {
      return;
    }
    const first = Number(last["position"]);
    let later: readonly string[];
    try {
      later = appendsOf(last).slice(position - first);
    } catch {
      // It may hold later appends. Reading it will fail.
      this.#delete(id, first);
      return;
    }
    this.#delete(id, position);
    let at = position;
    for (const segment of Segment.all(later)) {
      this.#inserted(id, at, segment);
      at += segment.count;
    }
  }

  /** A workflow has ended, so nothing more will be appended. */
  ended(id: number): void {
    this.#tails.delete(id);
  }

  /** A transaction had no effect: what is cached may be wrong. */
  forget(): void {
    this.#tails.clear();
  }

  #delete(id: number, before: number): void {
    for (const table of ["journal", "journal_starts"]) {
      const sql = `DELETE FROM ${table} WHERE workflow = ? AND position < ?`;
      this.#statements.get(sql).run(id, before);
    }
  }

  #stored(id: number): Tail | undefined {
    const sql =
      "SELECT rowid, position, lines FROM journal WHERE workflow = ? ORDER BY position DESC LIMIT 1";
    const later = this.#statements.get(sql).get(id);
    const last =
      later ??
      this.#statements.get("SELECT position, lines FROM journal_starts WHERE workflow = ?").get(id);
    if (last === undefined) {
      return undefined;
    }
    const { position, lines } = last;
    const row = later === undefined ? null : Number(later["rowid"]);
    if (!(lines instanceof Uint8Array)) {
      return { row, next: Number(position) + 1, segment: undefined };
    }
    try {
      const segment = Segment.read(lines);
      return { row, next: Number(position) + segment.count, segment };
    } catch {
      // Reading it will fail. What is appended now is not lost, though.
      return { row, next: undefined, segment: undefined };
    }
  }

  #begun(id: number, position: number, segment: Segment): Tail {
    this.#statements
      .get("INSERT INTO journal_starts (workflow, position, lines) VALUES (?, ?, ?)")
      .run(id, position, segment.packed);
    return { row: null, next: position + 1, segment };
  }

  #extended(id: number, row: Tail["row"], segment: Segment, position: number): Tail {
    if (row === null) {
      const sql = "UPDATE journal_starts SET lines = ? WHERE workflow = ?";
      this.#statements.get(sql).run(segment.packed, id);
    } else {
      this.#statements.get("UPDATE journal SET lines = ? WHERE rowid = ?").run(segment.packed, row);
    }
    return { row, next: position + 1, segment };
  }

  #inserted(id: number, position: number, segment: Segment): Tail {
    const { lastInsertRowid: row } = this.#statements
      .get("INSERT INTO journal (workflow, position, lines) VALUES (?, ?, ?)")
      .run(id, position, segment.packed);
    return { row, next: position + 1, segment };
  }

  #keep(id: number, tail: Tail): void {
    if (this.#tails.size >= maxTails) {
      const [oldest] = this.#tails.keys();
      this.#tails.delete(oldest ?? id);
    }
    this.#tails.set(id, tail);
  }
}

/** The appends in a row of the journal. A text is one append. @throws DamagedTextError */
export function appendsOf({ lines }: { readonly lines?: unknown }): readonly string[] {
  return lines instanceof Uint8Array ? Segment.texts(lines) : [String(lines)];
}
