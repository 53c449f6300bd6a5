import { newClient, unavailable, type PostgresAddress } from "./postgres-connection.ts";
import { prepareSchema } from "./postgres-schema.ts";
import { ControlPlaneError } from "../../errors.ts";

/**
 * Makes the tables where need be.
 *
 * @throws ControlPlaneError `STORE_UNAVAILABLE`, `STORE_TOO_NEW`
 */
export async function preparePostgres({ url, schema }: PostgresAddress): Promise<void> {
  const client = newClient(url);
  client.on("error", () => undefined);
  try {
    await client.connect();
    await prepareSchema(client, schema);
  } catch (error) {
    throw error instanceof ControlPlaneError ? error : unavailable(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
