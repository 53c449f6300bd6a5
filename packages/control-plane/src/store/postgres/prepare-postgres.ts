import { connected, type PostgresAddress } from "./postgres-connection.ts";
import { prepareSchema } from "./postgres-schema.ts";

/**
 * Creates or migrates the tables if needed.
 *
 * @throws ControlPlaneError `STORE_UNAVAILABLE`, `STORE_TOO_NEW`
 */
export async function preparePostgres({ hosts, schema }: PostgresAddress): Promise<void> {
  const client = await connected(hosts, (made) => prepareSchema(made, schema));
  await client.end().catch(() => undefined);
}
