import { describe } from "vitest";
import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { scheduleSweepContract } from "../../testing/schedule-sweep-contract.ts";
import { memorySetup, postgresSetup, sqliteSetup } from "../../testing/store-setups.ts";

describe("memory, each commit separately", () => {
  scheduleSweepContract({ setup: memorySetup, groupCommits: false });
});

describe("SQLite", () => {
  scheduleSweepContract({ setup: sqliteSetup, groupCommits: true });
});

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  scheduleSweepContract({ setup: postgresSetup, every: 3, groupCommits: true });
});
