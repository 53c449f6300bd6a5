import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { describe } from "vitest";
import { crashSweepContract } from "../../testing/crash-sweep-contract.ts";
import { postgresSetup, sqliteSetup } from "../../testing/store-setups.ts";

describe("SQLite", () => {
  crashSweepContract({ setup: sqliteSetup });
});

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  crashSweepContract({ setup: postgresSetup });
});
