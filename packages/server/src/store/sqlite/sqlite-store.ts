import { createHash } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openDatabase, Statements } from "@flawless-ts/sqlite-thread";
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
  type WorkflowState,
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
import { SqlitePruning } from "./sqlite-pruning.ts";
import { journalFormat } from "./sqlite-schema.ts";

/** SQLite's number for a damaged file. */
const corrupt = 11;

/** Without inputs, which may be large, and of which a list has no use. */
const listedColumns =
  `${labelsColumn}, id, module, version, module_hash, workflow, '' AS input, created_at, parent, root, depth, ` +
  "detached, idempotency_key, status, wake_at, waiting, response, ended_at, failure, cancel_by, run, journal_start, has_bound_children, bound";
const stateColumns =
  "status = ?, wake_at = ?, waiting = ?, response = ?, ended_at = ?, failure = ?, cancel_by = ?, run = ?, journal_start = ?, has_bound_children = ?";

/** The journal's tables. It blocks the thread it runs in: use it through SqliteWorkflowStore. */
export class SqliteStore {
  readonly database: DatabaseSync;
  readonly #statements: Statements;
  readonly #pruning: SqlitePruning;

  /** @throws Error of SQLite, with its number in `errcode` */
  constructor(file: string) {
    this.database = openDatabase(file, journalFormat);
    this.#statements = new Statements(this.database);
    this.#pruning = new SqlitePruning(this.database, this.#statements);
  }

  /** To be called in a transaction. */
  commit(writes: readonly StoreWrite[]): void {
    for (const write of writes) {
      this.#apply(write);
    }
  }

  workflow(id: number): StoredWorkflow | undefined {
    const row = this.#statement(`SELECT *, ${labelsColumn} FROM workflows WHERE id = ?`).get(id);
    return row === undefined ? undefined : toWorkflow(row);
  }

  workflowByIdempotencyKey(key: string): StoredWorkflow | undefined {
    const sql = `SELECT *, ${labelsColumn} FROM workflows WHERE idempotency_key = ?`;
    const row = this.#statement(sql).get(key);
    return row === undefined ? undefined : toWorkflow(row);
  }

  list(filter: StoredWorkflowFilter): readonly StoredWorkflow[] {
    const found: StoredWorkflow[] = [];
    let left = filter.characters ?? Infinity;
    for (const row of this.#select(listedColumns, filter)) {
      const workflow = toWorkflow(row);
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
    const { from = 0, count = -1 } = positions ?? {};
    const sql =
      "SELECT lines FROM journal WHERE workflow = ? AND position >= ? ORDER BY position LIMIT ?";
    return this.#statement(sql)
      .all(id, from, count)
      .map((row) => String(row["lines"]));
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

  /** To be called in a transaction. */
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
    // Without its bytes a module counts as one that nobody has looked into: whoever wants to, finds that they are lost.
    const inspection =
      "iif(hash IN (SELECT hash FROM module_bytes), inspection, 'null') AS inspection";
    const columns = `name, version, hash, deployed_at, ${inspection}`;
    return this.#statement(`SELECT ${columns} FROM modules ORDER BY deployed_at, name, version`)
      .all()
      .map(toModule);
  }

  /** @throws Error as SQLite's own for a damaged file, where they are not those that were deployed */
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

  #apply(write: StoreWrite): void {
    switch (write.kind) {
      case "create": {
        const { workflow } = write;
        this.#statement(
          `INSERT INTO workflows (id, module, version, module_hash, workflow, input, created_at, parent,
           root, depth, detached, idempotency_key, status, wake_at, waiting, response, ended_at, failure,
           cancel_by, run, journal_start, has_bound_children, bound)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          workflow.id,
          workflow.module,
          workflow.version,
          workflow.moduleHash,
          workflow.workflow,
          workflow.input,
          workflow.createdAt,
          workflow.parent,
          workflow.root,
          workflow.depth,
          workflow.detached ? 1 : 0,
          workflow.idempotencyKey,
          ...stateValues(workflow),
          workflow.bound ? 1 : 0,
        );
        for (const [key, value] of Object.entries(workflow.labels)) {
          this.#label(workflow.id, key, value);
        }
        break;
      }
      case "state":
        this.#statement(`UPDATE workflows SET ${stateColumns} WHERE id = ?`).run(
          ...stateValues(write.state),
          write.id,
        );
        break;
      case "append":
        this.#statement("INSERT INTO journal (workflow, position, lines) VALUES (?, ?, ?)").run(
          write.id,
          write.position,
          write.lines,
        );
        break;
      case "continue":
        this.#statement("UPDATE workflows SET input = ? WHERE id = ?").run(write.input, write.id);
        this.#statement("DELETE FROM journal WHERE workflow = ? AND position < ?").run(
          write.id,
          write.journalStart,
        );
        break;
      case "receive": {
        const { sequence, type, data, at, update = null } = write.message;
        this.#statement(
          "INSERT INTO mailbox (workflow, sequence, type, data, at, update_number) VALUES (?, ?, ?, ?, ?, ?)",
        ).run(write.id, sequence, type, data, at, update);
        break;
      }
      case "consume":
        this.#statement("DELETE FROM mailbox WHERE workflow = ? AND sequence = ?").run(
          write.id,
          write.sequence,
        );
        break;
      case "note": {
        const { id, name, value } = write;
        if (value === null) {
          this.#statement("DELETE FROM notes WHERE workflow = ? AND name = ?").run(id, name);
        } else {
          this.#statement(
            "INSERT OR REPLACE INTO notes (workflow, name, value) VALUES (?, ?, ?)",
          ).run(id, name, value);
        }
        break;
      }
      case "label":
        this.#label(write.id, write.key, write.value);
        break;
      case "schedule": {
        const { name, spec, input, state } = write.schedule;
        this.#statement(
          "INSERT OR REPLACE INTO schedules (name, spec, input, state) VALUES (?, ?, ?, ?)",
        ).run(name, spec, input, state);
        break;
      }
      case "unschedule":
        this.#statement("DELETE FROM schedules WHERE name = ?").run(write.name);
        break;
      case "deploy": {
        const { name, version, hash, deployedAt, inspection } = write.module;
        this.#statement("INSERT OR IGNORE INTO module_bytes (hash, bytes) VALUES (?, ?)").run(
          hash,
          write.bytes,
        );
        this.#statement(
          "INSERT OR REPLACE INTO modules (name, version, hash, deployed_at, inspection) VALUES (?, ?, ?, ?, ?)",
        ).run(name, version, hash, deployedAt, JSON.stringify(inspection));
        break;
      }
    }
  }

  #label(id: number, key: string, value: string | null): void {
    if (value === null) {
      this.#statement("DELETE FROM labels WHERE workflow = ? AND name = ?").run(id, key);
    } else {
      this.#statement("INSERT OR REPLACE INTO labels (workflow, name, value) VALUES (?, ?, ?)").run(
        id,
        key,
        value,
      );
    }
  }

  #number(sql: string): number {
    return Number(this.#statement(sql).get()?.["n"]);
  }

  #statement(sql: string): StatementSync {
    return this.#statements.get(sql);
  }
}

function stateValues(state: WorkflowState): (string | number | null)[] {
  return [
    state.status,
    state.wakeAt,
    state.waiting === null ? null : JSON.stringify(state.waiting),
    state.response,
    state.endedAt,
    state.failure === null ? null : JSON.stringify(state.failure),
    state.cancelBy,
    state.run,
    state.journalStart,
    state.hasBoundChildren ? 1 : 0,
  ];
}
