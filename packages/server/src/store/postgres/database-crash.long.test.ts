import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, PostgresServer } from "@flawless-ts/test-helpers/postgres";
import { expect, test } from "vitest";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import { TestEngine } from "../../testing/test-engine.ts";

describeUnless(missingForPostgres(), "a database", () => {
  test("that crashes in the middle of commits has each of them exactly once when it is back", async () => {
    await using server = await PostgresServer.start({ durable: true });
    await using partitions = await TestPartitions.open(1, { url: server.url, schema: "flawless" });
    await using engine = await TestEngine.open({ openStore: () => partitions.store() });
    const begun = Array.from({ length: 30 }, (_, a) => engine.run("add", { a, b: 1 }));
    await begun[0];
    await server.kill();
    await server.start();

    expect(await Promise.all(begun)).toEqual(begun.map((_, index) => index + 1));
    const rows = await partitions.database.query('SELECT status FROM "flawless".workflows');
    expect(rows).toEqual(begun.map(() => ({ status: "completed" })));
  });
});
