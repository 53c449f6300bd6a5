import type { DatabaseSync } from "node:sqlite";
import { toPublicId } from "../workflow/workflow-id.ts";
import { unpackText } from "../store/packed/packed-text.ts";
import { isSealed } from "../store/seal.ts";
import type { Findings } from "./findings.ts";

const statuses = ["running", "completed", "failed", "cancelled"];

/** A row of the table of workflows; in PostgreSQL it has the same columns. */
export type WorkflowRow = Readonly<Record<string, unknown>>;

/** Checks that each workflow can be read, and wakes up. @returns the number of workflows */
export function checkWorkflows(database: DatabaseSync, findings: Findings): number {
  let workflows = 0;
  for (const row of database.prepare("SELECT * FROM workflows").iterate()) {
    workflows += 1;
    checkWorkflow(row, findings);
  }
  const unknown =
    "SELECT id, kind FROM workflows WHERE kind NOT IN (SELECT kind FROM kinds) ORDER BY id";
  for (const row of database.prepare(unknown).iterate()) {
    findings.fault(
      "workflows that can't be read",
      `workflow ${toPublicId(Number(row["id"]))}: nothing tells which workflow of which module it is`,
    );
  }
  return workflows;
}

export function checkWorkflow(row: WorkflowRow, findings: Findings): void {
  const id = toPublicId(Number(row["id"]));
  for (const problem of unreadable(row)) {
    findings.fault("workflows that can't be read", `workflow ${id}: ${problem}`);
  }
  const problem = wakeUpProblem(row);
  if (problem !== undefined) {
    findings.fault("workflows that wake wrongly", `workflow ${id}: ${problem}`, "wake-ups");
  }
}

function unreadable(row: WorkflowRow): readonly string[] {
  const problems: string[] = [];
  const status = String(row["status"]);
  if (!statuses.includes(status)) {
    problems.push(`it has the unknown status ${JSON.stringify(status.slice(0, 50))}`);
  }
  for (const column of ["input", "response", "waiting", "failure"]) {
    const text = textOf(row[column]);
    if (text === undefined) {
      problems.push(`its ${column} can't be unpacked any more`);
    } else if (text !== null && !isSealed(text) && !isJson(text)) {
      problems.push(`its ${column} is no JSON any more`);
    }
  }
  return problems;
}

/** @returns undefined if it is damaged */
function textOf(value: unknown): string | null | undefined {
  try {
    return value instanceof Uint8Array ? unpackText(value) : (value as string | null);
  } catch {
    return undefined;
  }
}

function wakeUpProblem(row: WorkflowRow): string | undefined {
  const { status, wake_at: wakeAt, waiting, ended_at: endedAt } = row;
  if (status !== "running") {
    return wakeAt === null ? undefined : "it has ended, but is to be woken";
  }
  if (endedAt !== null) {
    return undefined;
  }
  const isText = typeof waiting === "string" && isJson(waiting);
  const waits = isText
    ? (JSON.parse(waiting) as { readonly on?: unknown; readonly until?: unknown })
    : null;
  return wakeAt === null && !(waits?.on === "message" && waits.until == null)
    ? "it runs, waits for no message, and would never be woken"
    : undefined;
}

/** Whether a text is JSON, like everything from guests and callers. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
