import type { WorkflowStatus } from "@flawless-ts/sdk";
import type { StoredWorkflowFilter } from "../workflow-store.ts";
import type { Parameter } from "./postgres-database.ts";
import { labelsColumn } from "./postgres-schema.ts";
import { toStored } from "./stored-text.ts";

/** Without inputs, which may be large, and of which a list has no use. */
const listed =
  "id, module, version, module_hash, workflow, '' AS input, created_at, parent, root, depth, " +
  "detached, idempotency_key, status, wake_at, waiting, response, ended_at, failure, cancel_by, run, journal_start, " +
  "has_bound_children, bound";

/** A condition that the partial index serves, which wants its own one beside it. */
export function statusIs(status: WorkflowStatus): string {
  const isStatus = `status = '${status.replaceAll("'", "''")}'`;
  return status === "completed" ? isStatus : `${isStatus} AND status <> 'completed'`;
}

/**
 * A list of workflows of some partitions, whose numbers are the first parameter. Each has an index by id: from each the
 * first ones are taken, and of those the first.
 */
export function selectWorkflows(
  schema: string,
  what: "listed" | "id",
  filter: StoredWorkflowFilter,
): { readonly text: string; readonly values: readonly Parameter[] } {
  const values: Parameter[] = [filter.below ?? Number.MAX_SAFE_INTEGER, filter.limit];
  const conditions = ["partition = p", `id ${filter.below === undefined ? "<=" : "<"} $2`];
  const parameter = (value: Parameter): string => `$${values.push(value) + 1}`;
  if (filter.runningDescendantsOf !== undefined) {
    const root = parameter(filter.runningDescendantsOf);
    conditions.push(`root = ${root} AND parent IS NOT NULL AND status = 'running'`);
  }
  if (filter.runningBoundTo !== undefined) {
    const parent = parameter(filter.runningBoundTo);
    conditions.push(`parent = ${parent} AND bound AND status = 'running'`);
  }
  if (filter.endedWithBoundChildren !== undefined) {
    conditions.push("has_bound_children AND status <> 'running'");
  }
  if (filter.status !== undefined) {
    conditions.push(statusIs(filter.status));
  }
  for (const column of ["module", "version", "workflow"] as const) {
    const value = filter[column];
    if (value !== undefined) {
      conditions.push(`${column} = ${parameter(toStored(value))}`);
    }
  }
  if (filter.idempotencyKey !== undefined) {
    conditions.push(`idempotency_key = ${parameter(toStored(filter.idempotencyKey))}`);
  }
  const columns = what === "id" ? "id" : `${listed}, ${labelsColumn(schema)}`;
  const all =
    `SELECT w.* FROM unnest($1::int4[]) AS p, LATERAL (SELECT ${columns} FROM ${schema}.workflows ` +
    `WHERE ${conditions.join(" AND ")} ORDER BY id DESC LIMIT $3) w ORDER BY w.id DESC LIMIT $3`;
  return what === "id" || filter.characters === undefined
    ? { text: all, values }
    : { text: shortened(all, parameter(filter.characters)), values };
}

/**
 * Leaves out what surely comes after the end, so that it need not be sent. A character takes up to three bytes for each of
 * its UTF-16 units, in which a list is measured.
 */
function shortened(all: string, characters: string): string {
  const before =
    "coalesce(sum(octet_length(response) / 3) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)";
  return `SELECT * FROM (SELECT *, ${before} AS before FROM (${all}) a) b WHERE before < ${characters} ORDER BY id DESC`;
}
