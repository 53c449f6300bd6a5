import { filterConditions, type FilterDialect } from "../filter-conditions.ts";
import type { SearchBy, StoredWorkflowFilter } from "../workflow-store.ts";
import type { Parameter } from "./postgres-database.ts";
import { labelsColumn } from "./postgres-schema.ts";
import { toStored } from "./stored-text.ts";

/** Without inputs, which may be large and which lists don't need. */
const listed =
  "id, module, version, module_hash, workflow, '' AS input, created_at, parent, root, depth, " +
  "detached, idempotency_key, status, wake_at, waiting, response, ended_at, failure, cancel_by, run, journal_start, " +
  "has_bound_children, bound";

/** A statement and its parameters, without the first one, which is the array of partition numbers. */
export interface Selection {
  readonly text: string;
  readonly values: readonly Parameter[];
}

/**
 * A list of workflows of some partitions, whose numbers are the first parameter. Each partition has an index by id: the
 * statement takes the first workflows of each, and then the first of those.
 */
export function selectWorkflows(
  schema: string,
  what: "listed" | "id",
  filter: StoredWorkflowFilter,
): Selection {
  const conditions = new Conditions(schema, filter);
  const limit = conditions.parameter(filter.limit);
  const columns = what === "id" ? "id" : `${listed}, ${labelsColumn(schema)}`;
  const source = sourceOf(schema, filter, filter.by, conditions);
  const where = conditions.texts.join(" AND ");
  const all =
    `SELECT w.* FROM unnest($1::int4[]) AS p, LATERAL (SELECT ${columns} FROM ${source} ` +
    `WHERE ${where} ORDER BY id DESC LIMIT ${limit}) w ORDER BY w.id DESC LIMIT ${limit}`;
  return what === "id" || filter.characters === undefined
    ? { text: all, values: conditions.values }
    : {
        text: shortened(all, conditions.parameter(filter.characters)),
        values: conditions.values,
      };
}

/**
 * How many workflows of each partition a search has to look through, and the lowest id. @param share the max of each
 * partition
 */
export function walkWorkflows(
  schema: string,
  filter: StoredWorkflowFilter,
  by: SearchBy,
  { share, inputBytes }: { readonly share: number; readonly inputBytes: number | undefined },
): Selection {
  const { below, from, status, keyPrefix, labels } = filter;
  const among = by === "status" ? { status } : by === "keys" ? { keyPrefix } : {};
  const conditions = new Conditions(schema, { ...among, by, labels: undefined, below, from });
  const source = sourceOf(schema, { ...filter, labels }, by, conditions);
  const isMeasured = inputBytes !== undefined;
  const order = by === "keys" && !isMeasured ? "" : "ORDER BY id DESC";
  const walked =
    `SELECT id, ${isMeasured ? "octet_length(input)" : "0"} AS size FROM ${source} ` +
    `WHERE ${conditions.texts.join(" AND ")} ${order} LIMIT ${conditions.parameter(share + 1)}`;
  const fits = `place <= ${conditions.parameter(share)} AND (place = 1 OR bytes <= ${conditions.parameter(inputBytes ?? 0)})`;
  return {
    text: `SELECT walked, n, lowest FROM unnest($1::int4[]) AS p, LATERAL (
        SELECT count(*) AS walked, count(*) FILTER (WHERE ${fits}) AS n, min(id) FILTER (WHERE ${fits}) AS lowest
        FROM (SELECT id, row_number() OVER newest AS place, sum(size) OVER newest AS bytes
          FROM (${walked}) a WINDOW newest AS (${order} ROWS UNBOUNDED PRECEDING)) b) c`,
    values: conditions.values,
  };
}

function sourceOf(
  schema: string,
  { labels = {} }: StoredWorkflowFilter,
  by: SearchBy | undefined,
  conditions: Conditions,
): string {
  if (typeof by !== "object") {
    return `${schema}.workflows`;
  }
  const [name, value] = [by.label, labels[by.label] ?? ""].map((text) =>
    conditions.parameter(text),
  );
  const where = [
    `partition = p AND name = ${name} AND value = ${value}`,
    ...conditions.range("workflow"),
  ];
  return (
    `(SELECT workflow AS found FROM ${schema}.labels WHERE ${where.join(" AND ")}) labelled ` +
    `JOIN ${schema}.workflows ON id = found`
  );
}

/** What a filter requires of each workflow. */
class Conditions {
  readonly texts: string[] = ["partition = p"];
  readonly values: Parameter[] = [];
  readonly #below: string | undefined;
  readonly #from: string | undefined;

  constructor(schema: string, filter: Partial<StoredWorkflowFilter>) {
    const { below, from } = filter;
    this.#below = below === undefined ? undefined : this.parameter(below);
    this.#from = from === undefined ? undefined : this.parameter(from);
    this.texts.push(...this.range("id"));
    for (const { text, values } of filterConditions(filter, dialectOf(schema))) {
      const names = values.map((value) =>
        this.parameter(typeof value === "string" ? toStored(value) : value),
      );
      this.texts.push(text.replaceAll("?", () => names.shift() ?? ""));
    }
  }

  /** @returns its placeholder in the statement */
  parameter(value: Parameter): string {
    return `$${this.values.push(value) + 1}`;
  }

  /** The filter's range of ids. */
  range(column: string): readonly string[] {
    return [
      ...(this.#below === undefined ? [] : [`${column} < ${this.#below}`]),
      ...(this.#from === undefined ? [] : [`${column} >= ${this.#from}`]),
    ];
  }
}

function dialectOf(schema: string): FilterDialect {
  return {
    isTrue: (column) => column,
    kindHas: (condition) => condition,
    namePrefix: (text) => ({ text: "starts_with(workflow, ?)", values: [text] }),
    inputText: "strpos(input, ?) > 0",
    labels: `${schema}.labels`,
  };
}

/**
 * Leaves out rows that surely come after the end of the list, so that they needn't be sent. Lists are measured in
 * UTF-16 units, each of which takes up to three bytes.
 */
function shortened(all: string, characters: string): string {
  const before =
    "coalesce(sum(octet_length(response) / 3) OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)";
  return `SELECT * FROM (SELECT *, ${before} AS before FROM (${all}) a) b WHERE before < ${characters} ORDER BY id DESC`;
}
