import type { SQLOutputValue } from "node:sqlite";
import { unpackText } from "../packed/packed-text.ts";
import type {
  ModuleInspection,
  StoredMessage,
  StoredModule,
  StoredSchedule,
  StoredWorkflow,
} from "../workflow-store.ts";
import type { Kinds } from "./kinds.ts";
import { fromStoredWaiting } from "./stored-waiting.ts";

/** The labels of a row of `workflows`, as a column. */
export const labelsColumn =
  "(SELECT json_group_object(l.name, l.value) FROM labels l WHERE l.workflow = workflows.id) AS labels";

export type Row = Record<string, SQLOutputValue>;

/** @throws DamagedTextError, SyntaxError */
export function toWorkflow(row: Row, kinds: Kinds): StoredWorkflow {
  const id = Number(row["id"]);
  const wakeAt = numberOrNull(row["wake_at"]);
  return {
    id,
    ...kinds.get(Number(row["kind"])),
    input: toText(row["input"]),
    createdAt: Number(row["created_at"]),
    parent: numberOrNull(row["parent"]),
    root: Number(row["root"] ?? id),
    depth: Number(row["depth"]),
    detached: row["detached"] === 1,
    idempotencyKey: textOrNull(row["idempotency_key"]),
    status: String(row["status"]) as StoredWorkflow["status"],
    wakeAt,
    waiting: fromStoredWaiting(textOrNull(row["waiting"]), wakeAt),
    response: row["response"] == null ? null : toText(row["response"]),
    endedAt: numberOrNull(row["ended_at"]),
    failure: parsed(row["failure"]) as StoredWorkflow["failure"],
    cancelBy: numberOrNull(row["cancel_by"]),
    run: Number(row["run"]),
    journalStart: Number(row["journal_start"]),
    hasBoundChildren: row["has_bound_children"] === 1,
    bound: row["bound"] === 1,
    labels: JSON.parse(String(row["labels"])) as StoredWorkflow["labels"],
  };
}

export function toMessage(row: Row): StoredMessage {
  return {
    sequence: Number(row["sequence"]),
    type: String(row["type"]),
    data: String(row["data"]),
    at: Number(row["at"]),
    ...(row["update_number"] == null ? {} : { update: Number(row["update_number"]) }),
  };
}

export function toModule(row: Row): StoredModule {
  return {
    name: String(row["name"]),
    version: String(row["version"]),
    hash: String(row["hash"]),
    deployedAt: Number(row["deployed_at"]),
    inspection: JSON.parse(String(row["inspection"])) as ModuleInspection | null,
  };
}

export function toSchedule(row: Row): StoredSchedule {
  return {
    name: String(row["name"]),
    spec: String(row["spec"]),
    input: String(row["input"]),
    state: String(row["state"]),
  };
}

/** A text that may be packed. @throws DamagedTextError */
export function toText(value: unknown): string {
  return value instanceof Uint8Array ? unpackText(value) : String(value);
}

function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return value == null ? null : Number(value);
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return value == null ? null : String(value);
}

function parsed(value: SQLOutputValue | undefined): unknown {
  return value == null ? null : JSON.parse(String(value));
}
