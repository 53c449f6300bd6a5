import type { PostgresServer } from "@flawless-ts/test-helpers/postgres";

/** Queries a database over its own connection. */
export async function ask(
  { url }: Pick<PostgresServer, "url">,
  text: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Readonly<Record<string, unknown>>>(text);
  await client.end();
  return rows;
}
