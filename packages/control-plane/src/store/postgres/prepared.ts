import type { Client, QueryResult, QueryResultRow } from "pg";

const names = new Map<string, string>();
/** When plans of a connection were last forgotten, by the monotonic clock. */
const plannedAt = new WeakMap<Client, number>();
const maxPlanMs = 5_000;

/**
 * Runs a statement that comes again and again: a connection has it parsed once.
 */
export function prepared<Row extends QueryResultRow>(
  client: Client,
  text: string,
  values: readonly unknown[],
): Promise<QueryResult<Row>> {
  const name = names.get(text) ?? `flawless_${names.size}`;
  names.set(text, name);
  return client.query<Row>({ name, text, values: [...values] });
}

/**
 * Has statements planned anew whose plans are some seconds old: one that was made while a table was empty reads it from end to
 * end, and PostgreSQL itself would keep it until it has counted the table's rows again.
 *
 * @returns what there is to wait for, where it is time
 */
export function forgetOldPlans(client: Client): readonly Promise<unknown>[] {
  const now = performance.now();
  const before = plannedAt.get(client) ?? 0;
  if (now - before < maxPlanMs) {
    return [];
  }
  plannedAt.set(client, now);
  return [client.query("DISCARD PLANS")];
}
