import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { journalContract, type StoreSetup } from "../../testing/store-contract.ts";
import { journalSearchContract } from "../../testing/store-search-contract.ts";
import { SqliteWorkflowStore } from "./sqlite-workflow-store.ts";

function setup(): StoreSetup {
  const directory = new TemporaryDirectory();
  const open = (): Promise<SqliteWorkflowStore> => SqliteWorkflowStore.open(directory.path);
  return { open, reopen: open, cleanUp: async () => directory.remove() };
}

journalContract("the SQLite journal keeps what is written to it", setup);
journalSearchContract("the SQLite journal finds what is asked for", setup);
