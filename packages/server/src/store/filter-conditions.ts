import type { WorkflowStatus } from "@flawless-ts/sdk";
import { afterKeys } from "./key-range.ts";
import type { StoredWorkflowFilter } from "./workflow-store.ts";

/** A condition in SQL. Each `?` stands for one of the values, in order. */
export interface FilterCondition {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** What each database expresses in its own way. */
export interface FilterDialect {
  /** The condition that a boolean column is true. */
  isTrue(column: string): string;
  /** The condition that the kind of a workflow (its module, version and name) meets `condition`. */
  kindHas(condition: string): string;
  /** The condition, for use in `kindHas`, that a workflow's name begins with a text. */
  namePrefix(text: string): FilterCondition;
  /** The condition that an input contains a text. */
  readonly inputText: string;
  /** The table of labels. */
  readonly labels: string;
}

/**
 * A condition that can use the partial index of unusual statuses. Databases use it only if the index's own condition is
 * part of the query and the status is not a parameter. Source:
 * sqlite.org/partialindex.html#queries_using_partial_indexes
 */
export function statusIs(status: WorkflowStatus): string {
  const isStatus = `status = '${status.replaceAll("'", "''")}'`;
  return status === "completed" ? isStatus : `${isStatus} AND status <> 'completed'`;
}

/** What a filter requires of each workflow, besides its id. The most expensive conditions come last. */
export function filterConditions(
  filter: Partial<StoredWorkflowFilter>,
  dialect: FilterDialect,
): readonly FilterCondition[] {
  const conditions: FilterCondition[] = [];
  const add = (text: string, ...values: readonly (string | number | undefined)[]): void => {
    const given = values.filter((value) => value !== undefined);
    if (given.length > 0) {
      conditions.push({ text, values: given });
    }
  };
  add("root = ? AND parent IS NOT NULL AND status = 'running'", filter.runningDescendantsOf);
  add(`parent = ? AND ${dialect.isTrue("bound")} AND status = 'running'`, filter.runningBoundTo);
  if (filter.endedWithBoundChildren !== undefined) {
    const text = `${dialect.isTrue("has_bound_children")} AND status <> 'running'`;
    conditions.push({ text, values: [] });
  }
  if (filter.status !== undefined) {
    conditions.push({ text: statusIs(filter.status), values: [] });
  }
  add("parent = ?", filter.childrenOf);
  add(dialect.kindHas("module = ?"), filter.module);
  add(dialect.kindHas("version = ?"), filter.version);
  add(dialect.kindHas("workflow = ?"), filter.workflow);
  add("idempotency_key = ?", filter.idempotencyKey);
  add("created_at >= ?", filter.createdFrom);
  add("created_at < ?", filter.createdBefore);
  add("ended_at >= ?", filter.endedFrom);
  add("ended_at < ?", filter.endedBefore);
  if (filter.keyPrefix !== undefined) {
    add("idempotency_key >= ?", filter.keyPrefix);
    add("idempotency_key < ?", afterKeys(filter.keyPrefix));
  }
  if (filter.namePrefix !== undefined) {
    const { text, values } = dialect.namePrefix(filter.namePrefix);
    conditions.push({ text: dialect.kindHas(text), values });
  }
  const { by } = filter;
  for (const [key, value] of Object.entries(filter.labels ?? {})) {
    if (typeof by !== "object" || by.label !== key) {
      add(
        `EXISTS (SELECT 1 FROM ${dialect.labels} o WHERE o.workflow = id AND o.name = ? AND o.value = ?)`,
        key,
        value,
      );
    }
  }
  add(dialect.inputText, filter.inputText);
  return conditions;
}
