import { connected, type PostgresAddress } from "./postgres-connection.ts";
import { prepareSchema } from "./postgres-schema.ts";

/**
 * Makes the tables where need be.
 *
 * @throws ControlPlaneError `STORE_UNAVAILABLE`, `STORE_TOO_NEW`
 */
export async function preparePostgres({ hosts, schema }: PostgresAddress): Promise<void> {
  const client = await connected(hosts, (made) => prepareSchema(made, schema));
  await client.end().catch(() => undefined);
}
