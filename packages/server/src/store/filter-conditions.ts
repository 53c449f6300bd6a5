import type { WorkflowStatus } from "@flawless-ts/sdk";
import { afterKeys } from "./key-range.ts";
import type { StoredWorkflowFilter } from "./workflow-store.ts";

/** A condition in SQL. A `?` stands for each of the values, in their order. */
export interface FilterCondition {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** What databases say in words of their own. */
export interface FilterDialect {
  /** Whether a column of a truth is true. */
  isTrue(column: string): string;
  /** That what a workflow runs is as a condition says. */
  kindHas(condition: string): string;
  /** That a workflow's name begins with a text: a condition about what it runs. */
  namePrefix(text: string): FilterCondition;
  /** That an input has a text in it. */
  readonly inputText: string;
  /** The table of labels. */
  readonly labels: string;
}

/**
 * A condition that the partial index of unusual statuses serves: databases see that only where the index's own condition
 * stands beside it, and the status is no parameter. Source: sqlite.org/partialindex.html#queries_using_partial_indexes
 */
export function statusIs(status: WorkflowStatus): string {
  const isStatus = `status = '${status.replaceAll("'", "''")}'`;
  return status === "completed" ? isStatus : `${isStatus} AND status <> 'completed'`;
}

/** What a filter asks of each workflow, beside its id. What reads most comes last. */
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
