import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { journalContract, type StoreSetup } from "../../testing/store-contract.ts";
import { journalSearchContract } from "../../testing/store-search-contract.ts";
import { TestPartitions } from "../../testing/postgres-partition.ts";
import type { PostgresWorkflowStore } from "./postgres-workflow-store.ts";

function setup(): StoreSetup {
  let partitions: TestPartitions | undefined;
  const reopen = async (): Promise<PostgresWorkflowStore> => {
    partitions ??= await TestPartitions.open();
    return partitions.store();
  };
  const cleanUp = async (): Promise<void> => partitions?.[Symbol.asyncDispose]();
  return { open: reopen, reopen, cleanUp };
}

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  journalContract("the PostgreSQL store keeps what is written to it", setup);
  journalSearchContract("the PostgreSQL store finds what is asked for", setup);
});
