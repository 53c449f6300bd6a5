import type {
  ModuleInspection,
  StoredMessage,
  StoredModule,
  StoredSchedule,
  StoredWorkflow,
} from "../workflow-store.ts";
import { noLabels } from "../../workflow/labels.ts";
import type { Row } from "./postgres-database.ts";
import { fromStored } from "./stored-text.ts";

export function toWorkflow(row: Row): StoredWorkflow {
  return {
    id: row["id"] as number,
    module: text(row, "module"),
    version: text(row, "version"),
    moduleHash: row["module_hash"] as string,
    workflow: text(row, "workflow"),
    input: text(row, "input"),
    createdAt: row["created_at"] as number,
    parent: row["parent"] as number | null,
    root: row["root"] as number,
    depth: row["depth"] as number,
    detached: row["detached"] as boolean,
    idempotencyKey: textOrNull(row, "idempotency_key"),
    status: row["status"] as StoredWorkflow["status"],
    wakeAt: row["wake_at"] as number | null,
    waiting: parsed(row, "waiting") as StoredWorkflow["waiting"],
    response: textOrNull(row, "response"),
    endedAt: row["ended_at"] as number | null,
    failure: parsed(row, "failure") as StoredWorkflow["failure"],
    cancelBy: row["cancel_by"] as number | null,
    run: row["run"] as number,
    journalStart: row["journal_start"] as number,
    hasBoundChildren: row["has_bound_children"] as boolean,
    bound: row["bound"] as boolean,
    labels: (parsed(row, "labels") ?? noLabels) as StoredWorkflow["labels"],
  };
}

export function toMessage(row: Row): StoredMessage {
  return {
    sequence: row["sequence"] as number,
    type: text(row, "type"),
    data: text(row, "data"),
    at: row["at"] as number,
    ...(row["update_number"] === null ? {} : { update: row["update_number"] as number }),
  };
}

export function toModule(row: Row): StoredModule {
  return {
    name: text(row, "name"),
    version: text(row, "version"),
    hash: row["hash"] as string,
    deployedAt: row["deployed_at"] as number,
    inspection: parsed(row, "inspection") as ModuleInspection | null,
  };
}

export function toSchedule(row: Row): StoredSchedule {
  return {
    name: text(row, "name"),
    spec: text(row, "spec"),
    input: text(row, "input"),
    state: text(row, "state"),
  };
}

export function text(row: Row, column: string): string {
  return fromStored(row[column] as string);
}

function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

function parsed(row: Row, column: string): unknown {
  const value = row[column] as string | null;
  return value === null ? null : JSON.parse(value);
}
