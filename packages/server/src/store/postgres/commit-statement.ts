import { type ChangeKind, columnNames, columnTypes, type RowsOfEach } from "./commit-columns.ts";

/**
 * The statement that makes some kinds of changes. A whole commit takes one round trip, without a transaction that could
 * stay open if the sender is gone.
 *
 * The fence comes first. It increments the commit number in the partition's row, which succeeds only for the
 * partition's owner, and only from the previous number. So a commit that is sent twice has its effect once, whatever
 * happened to the first attempt, and one of an older epoch has none. A claim changes the same row, and so either waits
 * for a commit in flight or makes it fail. All other parts are joined with the rows that the fence updated.
 *
 * @param rows of each kind: with one row each, every parameter is a value; with many, an array, which costs the
 * database much more to read
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

/** What happens to a module that exists already. */
export const replacing: string = `ON CONFLICT (name, version) DO UPDATE SET
  hash = excluded.hash, deployed_at = excluded.deployed_at, inspection = excluded.inspection`;
