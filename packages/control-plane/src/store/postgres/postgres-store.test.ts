import { missingForPostgres, testSchema } from "@flawless-ts/test-helpers/postgres";
import { describeUnless } from "@flawless-ts/test-helpers";
import { ledgerContract } from "../../testing/ledger-contract.ts";
import { preparePostgres } from "./prepare-postgres.ts";
import { PostgresStore } from "./postgres-store.ts";

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  ledgerContract("the ledger in PostgreSQL", () => ({
    open: async () => {
      const address = await testSchema();
      await preparePostgres(address);
      return new PostgresStore(address);
    },
    cleanUp: async () => undefined,
  }));
});
