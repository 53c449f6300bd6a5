import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { missingLog, ReadOnlyDatabase, Statements } from "@flawless-ts/sqlite-thread";
import { EngineError } from "../../errors.ts";
import { toPublicId } from "../../workflow/workflow-id.ts";
import { wholeBatch, wholeSchedules, type WholeStore, type WholeWorkflow } from "../whole-store.ts";
import type { StoredModule, StoredSchedule } from "../workflow-store.ts";
import { Kinds } from "./kinds.ts";
import { adviceFor, halfMoved, isMovingFrom5 } from "./move-from-5.ts";
import { appendsOf } from "./sqlite-journals.ts";
import { journalFormat } from "./sqlite-schema.ts";
import {
  labelsColumn,
  type Row,
  toMessage,
  toModule,
  toSchedule,
  toWorkflow,
} from "./sqlite-rows.ts";
import { journalFileName } from "./sqlite-workflow-store.ts";

const busy = 5;

/** Reads the journal of a directory that no server runs on, and keeps servers out meanwhile. Blocks its thread. */
export class SqliteWholeStore implements WholeStore, Disposable {
  readonly name: string;
  readonly #readable: ReadOnlyDatabase;
  readonly #database: DatabaseSync;
  readonly #kinds: Kinds;
  readonly #statements: Readonly<
    Record<"workflows" | "journal" | "mailbox" | "notes", StatementSync>
  >;

  /** @throws EngineError `DIRECTORY_UNUSABLE`, `DIRECTORY_IN_USE` */
  constructor(directory: string) {
    this.name = directory;
    const file = join(directory, journalFileName);
    if (!existsSync(file)) {
      throw new EngineError("DIRECTORY_UNUSABLE", `There is no journal in ${directory}.`);
    }
    const lost = missingLog(file);
    if (lost !== undefined) {
      throw new EngineError("DIRECTORY_UNUSABLE", `${file} is not whole: ${lost}`);
    }
    this.#readable = new ReadOnlyDatabase(file);
    this.#database = this.#readable.database;
    try {
      // Nobody writes while it reads: servers need exclusive access to the file.
      this.#database.exec("BEGIN");
      this.#assertFormat(file);
      this.#kinds = new Kinds(new Statements(this.#database));
      this.#statements = {
        workflows: this.#database.prepare(
          `SELECT *, ${labelsColumn} FROM workflows WHERE id > ? ORDER BY id`,
        ),
        journal: this.#database.prepare(
          `SELECT position, lines FROM journal_starts WHERE workflow = ?1 UNION ALL
           SELECT position, lines FROM journal WHERE workflow = ?1 ORDER BY position`,
        ),
        mailbox: this.#of("mailbox", "sequence"),
        notes: this.#of("notes", "name"),
      };
    } catch (error) {
      this.#readable[Symbol.dispose]();
      if (((error as { readonly errcode?: number }).errcode ?? 0) % 256 === busy) {
        const message = `A server runs on ${directory}. Stop it first.`;
        throw new EngineError("DIRECTORY_IN_USE", message, { cause: error });
      }
      throw error instanceof EngineError
        ? error
        : new EngineError(
            "DIRECTORY_UNUSABLE",
            `${file} can't be read: ${(error as Error).message}`,
            { cause: error },
          );
    }
  }

  async count(): Promise<number> {
    return Number(this.#database.prepare("SELECT count(*) AS n FROM workflows").get()?.["n"]);
  }

  async workflows(after: number): Promise<readonly WholeWorkflow[]> {
    const found: WholeWorkflow[] = [];
    let bytes = 0;
    for (const row of this.#statements.workflows.iterate(after)) {
      const whole = this.#whenReadable(row, () => this.#whole(toWorkflow(row, this.#kinds)));
      found.push(whole);
      bytes += sizeOf(whole);
      if (found.length >= wholeBatch.workflows || bytes >= wholeBatch.bytes) {
        break;
      }
    }
    return found;
  }

  async schedules(after: string): Promise<readonly StoredSchedule[]> {
    const sql = "SELECT * FROM schedules WHERE name > ? ORDER BY name LIMIT ?";
    return this.#database.prepare(sql).all(after, wholeSchedules).map(toSchedule);
  }

  async modules(): Promise<readonly StoredModule[]> {
    const sql = "SELECT * FROM modules ORDER BY name, version";
    return this.#database.prepare(sql).all().map(toModule);
  }

  async moduleHashes(): Promise<readonly string[]> {
    const rows = this.#database.prepare("SELECT hash FROM module_bytes ORDER BY hash").all();
    return rows.map((row) => String(row["hash"]));
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    const sql = "SELECT bytes FROM module_bytes WHERE hash = ?";
    const bytes = this.#database.prepare(sql).get(hash)?.["bytes"];
    return bytes instanceof Uint8Array ? bytes : undefined;
  }

  [Symbol.dispose](): void {
    this.#readable[Symbol.dispose]();
  }

  /** @throws EngineError `JOURNAL_DAMAGED` */
  #whenReadable<T>(row: Row, read: () => T): T {
    try {
      return read();
    } catch (cause) {
      const workflow = toPublicId(Number(row["id"]));
      throw new EngineError(
        "JOURNAL_DAMAGED",
        `Workflow ${workflow} can't be read: ${(cause as Error).message}. Run: flawless check ${this.name}`,
        { cause },
      );
    }
  }

  #whole(workflow: WholeWorkflow["workflow"]): WholeWorkflow {
    const { journal, mailbox, notes } = this.#statements;
    return {
      workflow,
      appends: journal.all(workflow.id).flatMap((row) =>
        appendsOf(row).map((lines, index) => ({
          position: Number(row["position"]) + index,
          lines,
        })),
      ),
      messages: mailbox.all(workflow.id).map(toMessage),
      notes: notes
        .all(workflow.id)
        .map((row) => ({ name: String(row["name"]), value: String(row["value"]) })),
    };
  }

  #of(table: string, order: string): StatementSync {
    return this.#database.prepare(`SELECT * FROM ${table} WHERE workflow = ? ORDER BY ${order}`);
  }

  #assertFormat(file: string): void {
    const read = (name: string): number =>
      Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
    const { applicationId, schemaVersion } = journalFormat;
    if (read("application_id") !== applicationId || read("user_version") !== schemaVersion) {
      throw new EngineError(
        "DIRECTORY_UNUSABLE",
        `${file} is no journal of this version: expected format ${schemaVersion}, but got ${read("user_version")}.${adviceFor(read("user_version"))}`,
      );
    }
    if (isMovingFrom5(this.#database)) {
      throw new EngineError("DIRECTORY_UNUSABLE", `${file} ${halfMoved}`);
    }
  }
}

function sizeOf({ workflow, appends, messages, notes }: WholeWorkflow): number {
  return (
    workflow.input.length +
    (workflow.response?.length ?? 0) +
    appends.reduce((sum, { lines }) => sum + lines.length, 0) +
    messages.reduce((sum, { data }) => sum + data.length, 0) +
    notes.reduce((sum, { value }) => sum + value.length, 0)
  );
}
