import { PostgresHosts } from "@flawless-ts/http-service/postgres";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { expect, onTestFinished, test } from "vitest";
import { ledgerContract } from "../../testing/ledger-contract.ts";
import { preparePostgres } from "./prepare-postgres.ts";
import { PostgresStore } from "./postgres-store.ts";

async function openStore(): Promise<PostgresStore> {
  const { url, schema } = await testSchema();
  const address = { hosts: new PostgresHosts(url, { refuse: Error }), schema };
  await preparePostgres(address);
  return new PostgresStore(address);
}

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  ledgerContract("the ledger in PostgreSQL", () => ({
    open: openStore,
    cleanUp: async () => undefined,
  }));

  test("answers reads under a constant load of calls", async () => {
    const store = await openStore();
    onTestFinished(async () => await store.close());
    const asking = new AbortController();
    // More than fit into the concurrent batches.
    const callers = Array.from({ length: 1_500 }, async () => {
      while (!asking.signal.aborted)
        await store.write("heartbeat", "w", { cpuCores: null, memoryMb: null }, 1);
    });
    for (let question = 0; question < 5; question += 1) {
      expect(await store.read("counts")).toMatchObject({ Pending: 0 });
    }
    asking.abort();
    await Promise.all(callers);
  });
});
