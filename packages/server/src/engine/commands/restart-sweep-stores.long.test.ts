import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { describe } from "vitest";
import { restartSweepContract } from "../../testing/restart-sweep-contract.ts";
import { postgresSetup, sqliteSetup } from "../../testing/store-setups.ts";

describe("SQLite", () => {
  restartSweepContract(sqliteSetup);
});

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  restartSweepContract(postgresSetup);
});
