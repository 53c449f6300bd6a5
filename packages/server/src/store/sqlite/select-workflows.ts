import type { WorkflowStatus } from "@flawless-ts/sdk";
import { afterKeys } from "../key-range.ts";
import type { SearchBy, StoredWorkflowFilter } from "../workflow-store.ts";

/** A statement with its parameters, but for the limit, which comes last. */
export interface Selection {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/**
 * A condition that the partial index serves: SQLite sees that only where the index's own condition stands beside it, and
 * the status is no parameter. Source: sqlite.org/partialindex.html#queries_using_partial_indexes
 */
export function statusIs(status: WorkflowStatus): string {
  const isStatus = `status = '${status.replaceAll("'", "''")}'`;
  return status === "completed" ? isStatus : `${isStatus} AND status <> 'completed'`;
}

/** The workflows that match, newest first. */
export function selectWorkflows(columns: string, filter: StoredWorkflowFilter): Selection {
  return select(columns, filter, filter.by, new Conditions(filter));
}

/** What they are looked for in, newest first; keys come in their own order. @param withBytes whether to tell how long inputs are */
export function walkedWorkflows(
  filter: StoredWorkflowFilter,
  by: SearchBy,
  withBytes: boolean,
): Selection {
  const { status, keyPrefix, below = Number.MAX_SAFE_INTEGER, from = 0, labels = {} } = filter;
  if (typeof by === "object" && !withBytes) {
    return {
      text: "SELECT workflow AS id FROM labels WHERE name = ? AND value = ? AND workflow < ? AND workflow >= ? ORDER BY workflow DESC LIMIT ?",
      values: [by.label, labels[by.label] ?? "", below, from],
    };
  }
  const columns = withBytes ? "id, octet_length(input) AS bytes" : "id";
  const among = by === "status" ? { status } : by === "keys" ? { keyPrefix } : {};
  const all = select(columns, filter, by, new Conditions(among));
  // To sort them all is what a walk is to find out about.
  return by === "keys" && !withBytes
    ? { ...all, text: all.text.replace("ORDER BY id DESC ", "") }
    : all;
}

function select(
  columns: string,
  { below = Number.MAX_SAFE_INTEGER, from = 0, labels = {} }: StoredWorkflowFilter,
  by: SearchBy | undefined,
  { texts, values }: Conditions,
): Selection {
  const range = [below, from];
  if (typeof by === "object") {
    // The order of the tables in a CROSS JOIN is that in which SQLite takes them.
    const source =
      "(SELECT workflow AS found FROM labels WHERE name = ? AND value = ? AND workflow < ? AND workflow >= ?) " +
      "CROSS JOIN workflows ON id = found";
    const where = texts.length === 0 ? "" : `WHERE ${texts.join(" AND ")}`;
    return {
      text: `SELECT ${columns} FROM ${source} ${where} ORDER BY found DESC LIMIT ?`,
      values: [by.label, labels[by.label] ?? "", ...range, ...values],
    };
  }
  const index =
    by === undefined
      ? ""
      : { all: "NOT INDEXED", status: "INDEXED BY unusual", keys: "INDEXED BY idempotency_keys" }[
          by
        ];
  const where = ["id < ?", "id >= ?", ...texts].join(" AND ");
  return {
    text: `SELECT ${columns} FROM workflows ${index} WHERE ${where} ORDER BY id DESC LIMIT ?`,
    values: [...range, ...values],
  };
}

/** What a filter asks of each workflow, beside its id. */
class Conditions {
  readonly texts: string[] = [];
  readonly values: (string | number)[] = [];

  constructor(filter: Partial<StoredWorkflowFilter>) {
    this.#add(
      "root = ? AND parent IS NOT NULL AND status = 'running'",
      filter.runningDescendantsOf,
    );
    this.#add("parent = ? AND bound = 1 AND status = 'running'", filter.runningBoundTo);
    if (filter.endedWithBoundChildren !== undefined) {
      this.texts.push("has_bound_children = 1 AND status <> 'running'");
    }
    if (filter.status !== undefined) {
      this.texts.push(statusIs(filter.status));
    }
    this.#add("parent = ?", filter.childrenOf);
    this.#add("module = ?", filter.module);
    this.#add("version = ?", filter.version);
    this.#add("workflow = ?", filter.workflow);
    this.#add("idempotency_key = ?", filter.idempotencyKey);
    this.#add("created_at >= ?", filter.createdFrom);
    this.#add("created_at < ?", filter.createdBefore);
    this.#add("ended_at >= ?", filter.endedFrom);
    this.#add("ended_at < ?", filter.endedBefore);
    if (filter.keyPrefix !== undefined) {
      this.#add("idempotency_key >= ?", filter.keyPrefix);
      this.#add("idempotency_key < ?", afterKeys(filter.keyPrefix));
    }
    if (filter.namePrefix !== undefined) {
      this.#add("substr(workflow, 1, length(?)) = ?", filter.namePrefix, filter.namePrefix);
    }
    const { by } = filter;
    for (const [key, value] of Object.entries(filter.labels ?? {})) {
      if (typeof by !== "object" || by.label !== key) {
        this.#add(
          "EXISTS (SELECT 1 FROM labels o WHERE o.workflow = id AND o.name = ? AND o.value = ?)",
          key,
          value,
        );
      }
    }
    // Last: it reads what may be long.
    this.#add("instr(input, ?) > 0", filter.inputText);
  }

  #add(text: string, ...values: readonly (string | number | undefined)[]): void {
    const given = values.filter((value) => value !== undefined);
    if (given.length > 0) {
      this.texts.push(text);
      this.values.push(...given);
    }
  }
}
