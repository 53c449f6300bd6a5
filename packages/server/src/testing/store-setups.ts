import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { MemoryStorage } from "../store/memory-storage.ts";
import { MemoryWorkflowStore } from "../store/memory-workflow-store.ts";
import type { PostgresWorkflowStore } from "../store/postgres/postgres-workflow-store.ts";
import { SqliteWorkflowStore } from "../store/sqlite/sqlite-workflow-store.ts";
import { TestPartitions } from "./postgres-partition.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";

export function memorySetup(): StoreSetup {
  const storage = new MemoryStorage();
  const open = async (): Promise<MemoryWorkflowStore> => new MemoryWorkflowStore(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
}

export function sqliteSetup(): StoreSetup {
  const directory = new TemporaryDirectory();
  const open = (): Promise<SqliteWorkflowStore> => SqliteWorkflowStore.open(directory.path);
  return { open, reopen: open, cleanUp: async () => directory.remove() };
}

/** One partition, which is claimed again on each reopening. */
export function postgresSetup(): StoreSetup {
  let partitions: TestPartitions | undefined;
  const open = async (): Promise<PostgresWorkflowStore> => {
    partitions ??= await TestPartitions.open();
    return partitions.store();
  };
  const cleanUp = async (): Promise<void> => partitions?.[Symbol.asyncDispose]();
  return { open, reopen: open, cleanUp };
}
