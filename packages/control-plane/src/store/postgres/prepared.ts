import type { Client, QueryResult, QueryResultRow } from "pg";

const names = new Map<string, string>();
/** When a connection's plans were last discarded, by the monotonic clock. */
const plannedAt = new WeakMap<Client, number>();
const maxPlanMs = 5_000;

/**
 * Runs a repeated statement, which is parsed once per connection.
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
 * Replans statements whose plans are some seconds old: a plan made while a table was empty reads the whole table, and
 * PostgreSQL would use it until it analyzes the table again.
 *
 * @returns the statement to wait for, if it is time
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
