import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CliProcess, describeUnless } from "@flawless-ts/test-helpers";
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

  test("of a test ends with the test's process, even if that is killed", async () => {
    const script = `
      import { PostgresServer } from "@flawless-ts/test-helpers/postgres";
      console.log((await PostgresServer.start()).dataDirectory);
    `;
    const nodeOptions = ["--conditions=@flawless-ts/source", "--input-type=module"];
    await using starter = new CliProcess("-e", [script], { cwd: import.meta.dirname, nodeOptions });
    const directory = await starter.firstLine;
    // PostgreSQL deletes it when it ends.
    const runs = (): boolean => existsSync(join(directory, "postmaster.pid"));
    expect(runs()).toBe(true);
    starter.kill("SIGKILL");
    await expect.poll(runs).toBe(false);
    await rm(dirname(directory), { recursive: true });
  });
});
