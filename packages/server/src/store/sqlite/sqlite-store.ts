import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { closeDatabase, openDatabase, Statements } from "@flawless-ts/sqlite-thread";
import type { WorkflowStatus } from "@flawless-ts/sdk";
import {
  type AppendPositions,
  type StoreWrite,
  listedCharacters,
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type SearchBy,
  type Wakeup,
  type Walk,
  type Walked,
  type WorkflowCounts,
} from "../workflow-store.ts";
import {
  labelsColumn,
  type Row,
  toMessage,
  toModule,
  toSchedule,
  toWorkflow,
} from "./sqlite-rows.ts";
import { statusIs } from "../filter-conditions.ts";
import { selectWorkflows, walkedWorkflows } from "./select-workflows.ts";
import { Kinds } from "./kinds.ts";
import { moveFrom5, type OnMove } from "./move-from-5.ts";
import { SqliteCommits } from "./sqlite-commits.ts";
import { SqliteJournals } from "./sqlite-journals.ts";
import { SqlitePruning } from "./sqlite-pruning.ts";
import { journalFormat } from "./sqlite-schema.ts";
import { addTextFunctions } from "./text-functions.ts";

/** SQLite's code for a damaged file. */
const corrupt = 11;

/** Without inputs, which may be large and which lists don't need. */
const listedColumns =
  `${labelsColumn}, id, kind, '' AS input, created_at, parent, root, depth, ` +
  "detached, idempotency_key, status, wake_at, waiting, response, ended_at, failure, cancel_by, run, journal_start, has_bound_children, bound";

/** The journal's tables. Blocks the thread it runs in: use it through SqliteWorkflowStore. */
export class SqliteStore {
  readonly database: DatabaseSync;
  readonly #statements: Statements;
  readonly #kinds: Kinds;
  readonly #journals: SqliteJournals;
  readonly #commits: SqliteCommits;
  readonly #pruning: SqlitePruning;

  /**
   * @param onMove called if the file has an older format, whose contents are moved first
   * @throws Error from SQLite, with its code in `errcode`
   */
  constructor(file: string, onMove: OnMove = () => undefined) {
    this.database = openDatabase(file, journalFormat);
    this.#statements = new Statements(this.database);
    this.#kinds = new Kinds(this.#statements);
    this.#journals = new SqliteJournals(this.#statements);
    this.#commits = new SqliteCommits(this.#statements, this.#kinds, this.#journals);
    addTextFunctions(this.database);
    try {
      moveFrom5(this.database, this.#kinds, this.#journals, onMove);
    } catch (error) {
      // On a full disk, for example. What is moved is; the next time goes on.
      closeDatabase(this.database, file);
      throw error;
    }
    this.#pruning = new SqlitePruning(this.database, this.#statements);
  }

  /** Call it in a transaction. */
  commit(writes: readonly StoreWrite[]): void {
    this.#commits.apply(writes);
  }

  /** Call it if a transaction had no effect. */
  rolledBack(): void {
    this.#kinds.forget();
    this.#journals.forget();
  }

  workflow(id: number): StoredWorkflow | undefined {
    const row = this.#statement(`SELECT *, ${labelsColumn} FROM workflows WHERE id = ?`).get(id);
    return row === undefined ? undefined : toWorkflow(row, this.#kinds);
  }

  workflowByIdempotencyKey(key: string): StoredWorkflow | undefined {
    const sql = `SELECT *, ${labelsColumn} FROM workflows WHERE idempotency_key = ?`;
    const row = this.#statement(sql).get(key);
    return row === undefined ? undefined : toWorkflow(row, this.#kinds);
  }

  /** Those of the given workflows that are not running: they have ended or don't exist. */
  ended(ids: readonly number[]): readonly number[] {
    const statement = this.#statement(
      `SELECT 1 FROM workflows WHERE id = ? AND ${statusIs("running")}`,
    );
    return ids.filter((id) => statement.get(id) === undefined);
  }

  list(filter: StoredWorkflowFilter): readonly StoredWorkflow[] {
    const found: StoredWorkflow[] = [];
    let left = filter.characters ?? Infinity;
    for (const row of this.#select(listedColumns, filter)) {
      const workflow = toWorkflow(row, this.#kinds);
      found.push(workflow);
      left -= listedCharacters(workflow);
      if (left <= 0) {
        break;
      }
    }
    return found;
  }

  ids(filter: StoredWorkflowFilter): readonly number[] {
    return [...this.#select("id", filter)].map((row) => Number(row["id"]));
  }

  walk(filter: StoredWorkflowFilter, by: SearchBy, walk: Walk): Walked {
    const { inputBytes } = walk;
    const { text, values } = walkedWorkflows(filter, by, inputBytes !== undefined);
    let count = 0;
    let lowest: number | null = null;
    let left = inputBytes ?? Infinity;
    for (const row of this.#statement(text).iterate(...values, walk.most + 1)) {
      left -= inputBytes === undefined ? 0 : Number(row["bytes"]);
      if (count === walk.most || (count > 0 && left < 0)) {
        return { count, lowest };
      }
      count += 1;
      const id = Number(row["id"]);
      lowest = Math.min(lowest ?? id, id);
    }
    return { count, lowest: null };
  }

  #select(columns: string, filter: StoredWorkflowFilter): Iterable<Row> {
    const { text, values } = selectWorkflows(columns, filter);
    return this.#statement(text).iterate(...values, filter.limit);
  }

  lines(id: number, positions?: AppendPositions): readonly string[] {
    return this.#journals.lines(id, positions);
  }

  mailbox(id: number): readonly StoredMessage[] {
    const sql = "SELECT * FROM mailbox WHERE workflow = ? ORDER BY sequence";
    return this.#statement(sql).all(id).map(toMessage);
  }

  note(id: number, name: string): string | undefined {
    const sql = "SELECT value FROM notes WHERE workflow = ? AND name = ?";
    const row = this.#statement(sql).get(id, name);
    return row === undefined ? undefined : String(row["value"]);
  }

  wakeups(after: Wakeup | null, limit: number): readonly Wakeup[] {
    const sql =
      "SELECT id, wake_at FROM workflows WHERE wake_at IS NOT NULL AND (wake_at, id) > (?, ?) " +
      "ORDER BY wake_at, id LIMIT ?";
    return this.#statement(sql)
      .all(after?.wakeAt ?? -1, after?.id ?? 0, limit)
      .map((row) => ({ id: Number(row["id"]), wakeAt: Number(row["wake_at"]) }));
  }

  counts(): WorkflowCounts {
    const all = this.#number("SELECT count(*) AS n FROM workflows");
    const count = (status: WorkflowStatus): number =>
      this.#number(`SELECT count(*) AS n FROM workflows WHERE ${statusIs(status)}`);
    const [running, failed, cancelled] = [count("running"), count("failed"), count("cancelled")];
    const sleeping = this.#number("SELECT count(*) AS n FROM workflows WHERE wake_at > 0");
    return { running, completed: all - running - failed - cancelled, failed, cancelled, sleeping };
  }

  running(): number {
    return this.#number(`SELECT count(*) AS n FROM workflows WHERE ${statusIs("running")}`);
  }

  lastId(): number {
    return Number(this.#statement("SELECT max(id) AS last FROM workflows").get()?.["last"] ?? 0);
  }

  /** Call it in a transaction. */
  prune(endedBefore: number, limit: number): number {
    return this.#pruning.prune(endedBefore, limit);
  }

  schedule(name: string): StoredSchedule | undefined {
    const row = this.#statement("SELECT * FROM schedules WHERE name = ?").get(name);
    return row === undefined ? undefined : toSchedule(row);
  }

  schedules(after: string | null, limit: number): readonly StoredSchedule[] {
    const sql =
      "SELECT name, spec, '' AS input, state FROM schedules WHERE name > ? ORDER BY name LIMIT ?";
    return this.#statement(sql)
      .all(after ?? "", limit)
      .map(toSchedule);
  }

  modules(): readonly StoredModule[] {
    // Without its bytes, a module counts as not inspected: whoever tries to inspect it finds that they are lost.
    const inspection =
      "iif(hash IN (SELECT hash FROM module_bytes), inspection, 'null') AS inspection";
    const columns = `name, version, hash, deployed_at, ${inspection}`;
    return this.#statement(`SELECT ${columns} FROM modules ORDER BY deployed_at, name, version`)
      .all()
      .map(toModule);
  }

  /** @throws Error like SQLite's own for a damaged file, if they are not the bytes that were deployed */
  moduleBytes(hash: string): Uint8Array | undefined {
    const bytes = this.#statement("SELECT bytes FROM module_bytes WHERE hash = ?").get(hash)?.[
      "bytes"
    ];
    if (!(bytes instanceof Uint8Array)) {
      return undefined;
    }
    if (createHash("sha256").update(bytes).digest("hex") !== hash) {
      const text = `the journal holds other bytes for module ${hash} than were deployed`;
      throw Object.assign(new Error(text), { errcode: corrupt });
    }
    return bytes;
  }

  #number(sql: string): number {
    return Number(this.#statement(sql).get()?.["n"]);
  }

  #statement(sql: string): StatementSync {
    return this.#statements.get(sql);
  }
}
