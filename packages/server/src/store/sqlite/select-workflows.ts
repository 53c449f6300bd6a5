import { filterConditions, type FilterDialect } from "../filter-conditions.ts";
import type { SearchBy, StoredWorkflowFilter } from "../workflow-store.ts";

/** A statement with its parameters, except the limit, which comes last. */
export interface Selection {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** The workflows that match, newest first. */
export function selectWorkflows(columns: string, filter: StoredWorkflowFilter): Selection {
  return select(columns, filter, filter.by, new Conditions(filter));
}

/**
 * The rows to search, newest first; rows found by a key prefix are ordered by key.
 * @param withBytes whether to include the length of inputs
 */
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
  const columns = withBytes ? "id, weight_of(input) AS bytes" : "id";
  const among = by === "status" ? { status } : by === "keys" ? { keyPrefix } : {};
  const all = select(columns, filter, by, new Conditions(among));
  // A walk finds out how many rows there would be to sort, so it must not sort them itself.
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
    // In a CROSS JOIN, SQLite uses the tables in the given order.
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

/** What a filter requires of each workflow, besides its id. */
class Conditions {
  readonly texts: readonly string[];
  readonly values: readonly (string | number)[];

  constructor(filter: Partial<StoredWorkflowFilter>) {
    const conditions = filterConditions(filter, dialect);
    this.texts = conditions.map(({ text }) => text);
    this.values = conditions.flatMap(({ values }) => values);
  }
}

const dialect: FilterDialect = {
  isTrue: (column) => `${column} = 1`,
  kindHas: (condition) => `kind IN (SELECT kind FROM kinds WHERE ${condition})`,
  namePrefix: (text) => ({ text: "substr(workflow, 1, length(?)) = ?", values: [text, text] }),
  inputText: "instr(text_of(input), ?) > 0",
  labels: "labels",
};
