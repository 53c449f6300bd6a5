import type { Statements } from "@flawless-ts/sqlite-thread";
import { Segment } from "../packed/segment.ts";
import type { AppendPositions } from "../workflow-store.ts";

/** The end of a journal, as its last row has it. */
interface Tail {
  /** Its row in `journal`; null: in `journal_starts`. */
  readonly row: number | bigint | null;
  /** The position of the next append; undefined where the row is damaged, and does not tell. */
  readonly next: number | undefined;
  /** Undefined: nothing can be added to it. */
  readonly segment: Segment | undefined;
}

/** So many journals' ends are kept at hand: each takes up to some 20 KiB. */
const maxTails = 300;
/** SQLite's number for what a constraint forbids. */
const constraint = 19;

/** The row that has an append, and those after it. */
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

/** The rows of journals: each holds as many appends as there is room for, packed. */
export class SqliteJournals {
  readonly #statements: Statements;
  /** Of those that were appended to last, the most recent ones at the end. */
  readonly #tails = new Map<number, Tail>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** To be called in a transaction. @throws Error where the position is taken */
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

  /** Takes the appends before a position away. To be called in a transaction. */
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
      // It may hold later ones: whoever reads it hears of it.
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

  /** A workflow has ended, so that nothing will be appended. */
  ended(id: number): void {
    this.#tails.delete(id);
  }

  /** A transaction had no effect: what is known may not be so. */
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
      // Whoever reads it hears of it. What comes now is not lost for that.
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

/** The appends of a row of the journal. A text is one append. @throws DamagedTextError */
export function appendsOf({ lines }: { readonly lines?: unknown }): readonly string[] {
  return lines instanceof Uint8Array ? Segment.texts(lines) : [String(lines)];
}
