import type { PostgresServer } from "@flawless-ts/test-helpers/postgres";

/** Asks a database something, by a connection of its own. */
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
