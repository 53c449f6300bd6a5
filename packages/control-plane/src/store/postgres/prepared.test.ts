import { PostgresHosts } from "@flawless-ts/http-service/postgres";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { afterEach, expect, test, vi } from "vitest";
import { PostgresConnection } from "./postgres-connection.ts";
import { preparePostgres } from "./prepare-postgres.ts";
import { forgetOldPlans, prepared } from "./prepared.ts";

afterEach(() => {
  vi.useRealTimers();
});

describeUnless(missingForPostgres(), "a statement that comes again and again", () => {
  test("is replanned after some seconds, not for the table's initial state", async () => {
    const { schema, url } = await testSchema();
    const address = { hosts: new PostgresHosts(url, { refuse: Error }), schema };
    await preparePostgres(address);
    const connection = new PostgresConnection(address);
    const client = await connection.connect();
    vi.useFakeTimers({ toFake: ["performance"] });
    const plan = async (): Promise<string> => {
      const { rows } = await client.query<{ name: string }>(
        "SELECT name FROM pg_prepared_statements WHERE statement = $1",
        [statement],
      );
      const explained = await client.query(`EXPLAIN EXECUTE ${rows[0]?.name}('{1,2}')`);
      return JSON.stringify(explained.rows);
    };
    const statement =
      "SELECT id FROM unnest($1::bigint[]) AS n (sequence) JOIN jobs ON jobs.sequence = n.sequence";
    const run = (): Promise<unknown> => prepared(client, statement, [["1", "2"]]);
    await Promise.all([...forgetOldPlans(client), run()]);
    expect(await plan()).toContain("Seq Scan on jobs");
    await client.query(
      `INSERT INTO jobs SELECT n, n, 'Pending', true, true, NULL, 0, '', '' FROM generate_series(1, 10000) AS n`,
    );
    vi.advanceTimersByTime(4_000);
    expect(forgetOldPlans(client)).toEqual([]);
    vi.advanceTimersByTime(2_000);
    await Promise.all([...forgetOldPlans(client), run()]);

    expect(await plan()).not.toContain("Seq Scan on jobs");
    await connection.close();
  });
});
