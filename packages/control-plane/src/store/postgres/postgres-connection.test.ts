import { PostgresHosts } from "@flawless-ts/http-service/postgres";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresProxy, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { PostgresConnection } from "./postgres-connection.ts";
import { preparePostgres } from "./prepare-postgres.ts";

/** The same database twice, first at an address that may be unavailable. */
function hostsOf(first: string, url: string, query = ""): PostgresHosts {
  const both = url.replace("127.0.0.1:", `${new URL(first).host},127.0.0.1:`);
  return new PostgresHosts(`${both}${query}`, { refuse: Error });
}

describeUnless(missingForPostgres(), "a database on several hosts", () => {
  test("is used at an available host, and at another one when that goes away", async () => {
    const { schema, url } = await testSchema();
    await using proxy = await PostgresProxy.start(url);
    proxy.cut();
    const hosts = hostsOf(proxy.url, url);
    await preparePostgres({ hosts, schema });
    const connection = new PostgresConnection({ hosts, schema });
    expect(await connection.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(hosts.index).toBe(1);
    proxy.open();
    hosts.next();
    const moved = new PostgresConnection({ hosts, schema });
    expect(await moved.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(hosts.index).toBe(0);
    proxy.cut();
    // The pending statement fails; the next one uses the other host.
    await moved.query("SELECT 1").catch(() => undefined);
    expect(await moved.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(hosts.index).toBe(1);
    await Promise.all([connection.close(), moved.close()]);
  });

  test("is not used if all hosts are standbys", async () => {
    const { schema, url } = await testSchema();
    const hosts = hostsOf(url, url, "?options=-c%20default_transaction_read_only%3Don");
    await expect(preparePostgres({ hosts, schema })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      cause: expect.objectContaining({ message: expect.stringContaining("standby") as string }),
    });
  });
});
