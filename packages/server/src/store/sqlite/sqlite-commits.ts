import type { SQLInputValue } from "node:sqlite";
import type { Statements } from "@flawless-ts/sqlite-thread";
import { packText } from "../packed/packed-text.ts";
import type { StoredWorkflow, StoreWrite, WorkflowState } from "../workflow-store.ts";
import type { Kinds } from "./kinds.ts";
import type { SqliteJournals } from "./sqlite-journals.ts";
import { toStoredWaiting } from "./stored-waiting.ts";

const stateColumns = [
  "status",
  "wake_at",
  "waiting",
  "response",
  "ended_at",
  "failure",
  "cancel_by",
  "run",
  "journal_start",
  "has_bound_children",
] as const;
/** All columns of a workflow's row. */
export const workflowColumns: readonly string[] = [
  "id",
  "kind",
  "created_at",
  "parent",
  "root",
  "depth",
  "detached",
  "bound",
  "idempotency_key",
  "input",
  ...stateColumns,
];
/** Its parameters are the values of all `workflowColumns`, in order. */
export const insertWorkflow: string = `INSERT INTO workflows (${workflowColumns.join(", ")}) VALUES (${workflowColumns.map(() => "?").join(", ")})`;
const updateState = `UPDATE workflows SET ${stateColumns.map((name) => `${name} = ?`).join(", ")} WHERE id = ?`;

/** Inputs can be searched, so short ones are stored as they are. */
export const packedInputCharacters: number = 128;

/** Writes to the tables. */
export class SqliteCommits {
  readonly #statements: Statements;
  readonly #kinds: Kinds;
  readonly #journals: SqliteJournals;

  constructor(statements: Statements, kinds: Kinds, journals: SqliteJournals) {
    this.#statements = statements;
    this.#kinds = kinds;
    this.#journals = journals;
  }

  /** Call it in a transaction. */
  apply(writes: readonly StoreWrite[]): void {
    const last = lastStates(writes);
    const written = new Set<number>();
    for (const write of writes) {
      switch (write.kind) {
        case "create": {
          // A workflow that begins and ends in one commit is written once.
          const state = last.get(write.workflow.id);
          this.#create(state === undefined ? write.workflow : { ...write.workflow, ...state });
          written.add(write.workflow.id);
          break;
        }
        case "state":
          if (!written.has(write.id)) {
            written.add(write.id);
            const state = last.get(write.id) ?? write.state;
            this.#statements.get(updateState).run(...stateValues(state), write.id);
          }
          break;
        case "append":
          this.#journals.append(write.id, write.position, write.lines);
          break;
        default:
          this.#apply(write);
      }
    }
    for (const [id, { status }] of last) {
      if (status !== "running") {
        this.#journals.ended(id);
      }
    }
  }

  #create(workflow: StoredWorkflow): void {
    const { id, root, idempotencyKey } = workflow;
    this.#statements
      .get(insertWorkflow)
      .run(
        id,
        this.#kinds.numberOf(workflow),
        workflow.createdAt,
        workflow.parent,
        root === id ? null : root,
        workflow.depth,
        workflow.detached ? 1 : 0,
        workflow.bound ? 1 : 0,
        idempotencyKey,
        packText(workflow.input, packedInputCharacters),
        ...stateValues(workflow),
      );
    for (const [key, value] of Object.entries(workflow.labels)) {
      this.#label(id, key, value);
    }
  }

  #apply(write: Exclude<StoreWrite, { readonly kind: "create" | "state" | "append" }>): void {
    switch (write.kind) {
      case "continue":
        this.#statements
          .get("UPDATE workflows SET input = ? WHERE id = ?")
          .run(packText(write.input, packedInputCharacters), write.id);
        this.#journals.forgetBefore(write.id, write.journalStart);
        break;
      case "receive": {
        const { sequence, type, data, at, update = null } = write.message;
        this.#statements
          .get(
            "INSERT INTO mailbox (workflow, sequence, type, data, at, update_number) VALUES (?, ?, ?, ?, ?, ?)",
          )
          .run(write.id, sequence, type, data, at, update);
        break;
      }
      case "consume":
        this.#statements
          .get("DELETE FROM mailbox WHERE workflow = ? AND sequence = ?")
          .run(write.id, write.sequence);
        break;
      case "note": {
        const { id, name, value } = write;
        if (value === null) {
          this.#statements.get("DELETE FROM notes WHERE workflow = ? AND name = ?").run(id, name);
        } else {
          this.#statements
            .get("INSERT OR REPLACE INTO notes (workflow, name, value) VALUES (?, ?, ?)")
            .run(id, name, value);
        }
        break;
      }
      case "label":
        this.#label(write.id, write.key, write.value);
        break;
      case "schedule": {
        const { name, spec, input, state } = write.schedule;
        this.#statements
          .get("INSERT OR REPLACE INTO schedules (name, spec, input, state) VALUES (?, ?, ?, ?)")
          .run(name, spec, input, state);
        break;
      }
      case "unschedule":
        this.#statements.get("DELETE FROM schedules WHERE name = ?").run(write.name);
        break;
      case "deploy": {
        const { name, version, hash, deployedAt, inspection } = write.module;
        this.#statements
          .get("INSERT OR IGNORE INTO module_bytes (hash, bytes) VALUES (?, ?)")
          .run(hash, write.bytes);
        this.#statements
          .get(
            "INSERT OR REPLACE INTO modules (name, version, hash, deployed_at, inspection) VALUES (?, ?, ?, ?, ?)",
          )
          .run(name, version, hash, deployedAt, JSON.stringify(inspection));
        break;
      }
    }
  }

  #label(id: number, key: string, value: string | null): void {
    if (value === null) {
      this.#statements.get("DELETE FROM labels WHERE workflow = ? AND name = ?").run(id, key);
    } else {
      this.#statements
        .get("INSERT OR REPLACE INTO labels (workflow, name, value) VALUES (?, ?, ?)")
        .run(id, key, value);
    }
  }
}

/** The final state of each workflow: earlier states need not be written. */
function lastStates(writes: readonly StoreWrite[]): ReadonlyMap<number, WorkflowState> {
  const states = new Map<number, WorkflowState>();
  for (const write of writes) {
    if (write.kind === "state") {
      states.set(write.id, write.state);
    }
  }
  return states;
}

function stateValues(state: WorkflowState): SQLInputValue[] {
  return [
    state.status,
    state.wakeAt,
    toStoredWaiting(state.waiting, state.wakeAt),
    state.response === null ? null : packText(state.response),
    state.endedAt,
    state.failure === null ? null : JSON.stringify(state.failure),
    state.cancelBy,
    state.run,
    state.journalStart,
    state.hasBoundChildren ? 1 : 0,
  ];
}
