import type { DatabaseSync } from "node:sqlite";
import { toPublicId } from "../workflow/workflow-id.ts";
import { parseJournal } from "../journal/journal-line.ts";
import { isSealed, type Seal } from "../store/seal.ts";
import { appendsOf } from "../store/sqlite/sqlite-journals.ts";
import type { Findings } from "./findings.ts";
import { isJson } from "./check-workflows.ts";

/** A row of a journal. */
export interface JournalRow {
  readonly workflow: number;
  /** The position of its first append. */
  readonly position: number;
  /** The position of the first append of the workflow's run; 0 if there is no such workflow. */
  readonly start: number;
  /** One append, or several packed ones. */
  readonly lines: string | Uint8Array;
}

interface Texts {
  readonly workflow: number;
  readonly start: number;
  readonly texts: string[];
  /** The first missing position: positions must have no gaps. */
  gapAt: number | undefined;
  /** The position of the first row that can't be unpacked. */
  damagedAt: number | undefined;
}

/** Reads each workflow's journal like a replay. Appends must be sorted by workflow and position. */
export class JournalCheck {
  readonly #seal: Seal | undefined;
  readonly #findings: Findings;
  #current: Texts | undefined;
  #steps = 0;

  /** @param seal decrypts encrypted journals; if undefined, they are not read */
  constructor(seal: Seal | undefined, findings: Findings) {
    this.#seal = seal;
    this.#findings = findings;
  }

  add({ workflow, position, start, lines }: JournalRow): void {
    if (this.#current?.workflow !== workflow) {
      this.#finishOne();
      this.#current = { workflow, start, texts: [], gapAt: undefined, damagedAt: undefined };
    }
    const { texts } = this.#current;
    if (position !== start + texts.length) {
      this.#current.gapAt ??= start + texts.length;
    }
    try {
      texts.push(...appendsOf({ lines }));
    } catch {
      this.#current.damagedAt ??= position;
    }
  }

  /** @returns the number of steps */
  finish(): number {
    this.#finishOne();
    return this.#steps;
  }

  #finishOne(): void {
    if (this.#current !== undefined) {
      this.#steps += checkJournal(this.#current, this.#seal, this.#findings);
    }
    this.#current = undefined;
  }
}

export function checkJournals(
  database: DatabaseSync,
  seal: Seal | undefined,
  findings: Findings,
): number {
  const check = new JournalCheck(seal, findings);
  const rowsOf = (table: string): string =>
    `SELECT j.workflow, j.position, j.lines, w.journal_start AS start
     FROM ${table} j LEFT JOIN workflows w ON w.id = j.workflow`;
  const rows = database
    .prepare(`${rowsOf("journal_starts")} UNION ALL ${rowsOf("journal")} ORDER BY 1, 2`)
    .iterate();
  for (const row of rows) {
    check.add({
      workflow: Number(row["workflow"]),
      position: Number(row["position"]),
      start: Number(row["start"] ?? 0),
      lines: row["lines"] instanceof Uint8Array ? row["lines"] : String(row["lines"]),
    });
  }
  return check.finish();
}

function checkJournal(
  { workflow, texts, gapAt, damagedAt }: Texts,
  seal: Seal | undefined,
  findings: Findings,
): number {
  const id = toPublicId(workflow);
  const fault = (what: string): void =>
    findings.fault("damaged journals", `workflow ${id}: ${what}`);
  if (damagedAt !== undefined) {
    fault(`its journal is damaged from part ${damagedAt} on: it can't be unpacked`);
    return 0;
  }
  if (gapAt !== undefined) {
    fault(`part ${gapAt} of its journal is missing`);
    return 0;
  }
  if (seal === undefined && texts.some(isSealed)) {
    findings.note(
      "journals that are sealed",
      `workflow ${id}: its journal is sealed, and was not read for want of the key`,
    );
    return 0;
  }
  try {
    const open = (text: string): string => {
      return seal !== undefined && isSealed(text) ? seal.open(workflow, text) : text;
    };
    const records = parseJournal(texts.map(open));
    const bad = records.findIndex(
      ({ call, answer }) => !isJson(call) || !(answer === null || answer === "" || isJson(answer)),
    );
    if (bad >= 0) {
      fault(`step ${bad + 1} of its journal is no JSON any more`);
    }
    return records.length;
  } catch (error) {
    fault((error as Error).message);
    return 0;
  }
}

/** Finds rows that belong to no workflow. */
export function checkOrphans(database: DatabaseSync, findings: Findings): void {
  for (const [table, what] of [
    ["journal_starts", "a journal"],
    ["journal", "a journal"],
    ["mailbox", "messages"],
    ["notes", "something noted"],
    ["labels", "a label"],
  ] as const) {
    const sql = `SELECT DISTINCT workflow FROM ${table} WHERE workflow NOT IN (SELECT id FROM workflows)`;
    for (const row of database.prepare(sql).iterate()) {
      const id = toPublicId(Number(row["workflow"]));
      findings.fault(
        "rows of no workflow",
        `there is ${what} of workflow ${id}, but not the workflow`,
      );
    }
  }
  const unread =
    "SELECT m.workflow, count(*) AS n FROM mailbox m JOIN workflows w ON w.id = m.workflow " +
    "WHERE w.status <> 'running' GROUP BY m.workflow";
  for (const row of database.prepare(unread).iterate()) {
    const id = toPublicId(Number(row["workflow"]));
    findings.note(
      "messages to ended workflows",
      `workflow ${id} has ended with ${Number(row["n"])} messages unread`,
    );
  }
}
