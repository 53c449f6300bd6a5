import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { crashSweepContract } from "../../testing/crash-sweep-contract.ts";
import { postgresSetup } from "../../testing/store-setups.ts";
import { memoryModes } from "../../testing/test-engine.ts";

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  crashSweepContract({ setup: postgresSetup, every: 4, modes: memoryModes.slice(0, 1) });
});
