import type { Client, QueryResult, QueryResultRow } from "pg";

const names = new Map<string, string>();

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
