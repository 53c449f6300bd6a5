import { type ChangeKind, columnNames, columnTypes, type RowsOfEach } from "./commit-columns.ts";

/**
 * The statement that makes some kinds of changes: all of a commit in one round trip, and no transaction that could stay
 * open where its sender is gone.
 *
 * The fence comes first. Its row is counted on, which only the partition's owner does, and only from the number before:
 * so a commit that is sent twice has its effect once, whatever became of the first, and one of an older epoch has none. A
 * claim changes the same row, and so waits for a commit under way, or makes it fail. Everything else is joined with the
 * rows that were counted on.
 *
 * @param rows of each kind: of one row each parameter is a value, of many an array, which costs the database much more to
 * read than a value
 */
export function commitStatement(
  schema: string,
  kinds: readonly ChangeKind[],
  rows: RowsOfEach,
): string {
  let parameters = 0;
  const given = (kind: ChangeKind): string => {
    const values = columnTypes(kind).map((type) => `$${(parameters += 1)}::${type}`);
    const names = `n (${columnNames(kind).join(", ")})`;
    return rows === "one"
      ? `(VALUES (${values.join(", ")})) AS ${names}`
      : `unnest(${values.map((value) => `${value}[]`).join(", ")}) AS ${names}`;
  };
  const parts = kinds.flatMap((kind) => partOf(kind, schema, given(kind)));
  return `WITH ${parts.join(",\n")}\nSELECT partition FROM fence`;
}

const fenced = "JOIN fence ON fence.partition = n.partition";

function partOf(kind: ChangeKind, s: string, rows: string): readonly string[] {
  const inserted = (table: string, names: readonly string[]): string =>
    `INSERT INTO ${s}.${table} (${names.join(", ")}) SELECT ${names.map((name) => `n.${name}`).join(", ")} FROM ${rows} ${fenced}`;
  switch (kind) {
    case "fences":
      return [
        `fence AS (UPDATE ${s}.fences f SET number = n.number, token = n.token FROM ${rows}
         WHERE f.partition = n.partition AND f.epoch = n.epoch AND f.number = n.number - 1 RETURNING f.partition)`,
      ];
    case "created":
      return [`created AS (${inserted("workflows", columnNames(kind))})`];
    case "states": {
      const changed = columnNames(kind).slice(3);
      return [
        `states AS (UPDATE ${s}.workflows w SET input = coalesce(n.input, w.input), ${changed.map((name) => `${name} = n.${name}`).join(", ")}
         FROM ${rows} ${fenced} WHERE w.partition = n.partition AND w.id = n.id)`,
      ];
    }
    case "continued":
      return [
        `continued AS (DELETE FROM ${s}.journal j USING ${rows} ${fenced}
         WHERE j.workflow = n.workflow AND j.position < n.journal_start)`,
      ];
    case "appended":
      return [`appended AS (${inserted("journal", columnNames(kind).slice(1))})`];
    case "received":
      return [`received AS (${inserted("mailbox", columnNames(kind).slice(1))})`];
    case "consumed":
      return [
        `consumed AS (DELETE FROM ${s}.mailbox m USING ${rows} ${fenced}
         WHERE m.workflow = n.workflow AND m.sequence = n.sequence)`,
      ];
    case "noted":
      return [
        `noted AS (${inserted("notes", columnNames(kind).slice(1))}
         ON CONFLICT (workflow, name) DO UPDATE SET value = excluded.value)`,
      ];
    case "forgotten":
      return [
        `forgotten AS (DELETE FROM ${s}.notes o USING ${rows} ${fenced}
         WHERE o.workflow = n.workflow AND o.name = n.name)`,
      ];
    case "labelled":
      return [
        `labelled AS (${inserted("labels", columnNames(kind))}
         ON CONFLICT (workflow, name) DO UPDATE SET value = excluded.value)`,
      ];
    case "unlabelled":
      return [
        `unlabelled AS (DELETE FROM ${s}.labels l USING ${rows} ${fenced}
         WHERE l.workflow = n.workflow AND l.name = n.name)`,
      ];
    case "scheduled":
      return [
        `scheduled AS (${inserted("schedules", columnNames(kind))}
         ON CONFLICT (partition, name) DO UPDATE SET spec = excluded.spec, input = excluded.input, state = excluded.state)`,
      ];
    case "unscheduled":
      return [
        `unscheduled AS (DELETE FROM ${s}.schedules c USING ${rows} ${fenced}
         WHERE c.partition = n.partition AND c.name = n.name)`,
      ];
    case "deployed":
      return [
        `given AS MATERIALIZED (SELECT n.* FROM ${rows} ${fenced})`,
        `stored AS (INSERT INTO ${s}.module_bytes (hash, bytes) SELECT DISTINCT ON (hash) hash, bytes FROM given ON CONFLICT DO NOTHING)`,
        `deployed AS (INSERT INTO ${s}.modules (name, version, hash, deployed_at, inspection)
         SELECT name, version, hash, deployed_at, inspection FROM given ${replacing})`,
      ];
  }
}

/** What becomes of a module that is there already. */
export const replacing: string = `ON CONFLICT (name, version) DO UPDATE SET
  hash = excluded.hash, deployed_at = excluded.deployed_at, inspection = excluded.inspection`;
