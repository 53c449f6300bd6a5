import { journalContract, type StoreSetup } from "../testing/store-contract.ts";
import { journalSearchContract } from "../testing/store-search-contract.ts";
import { MemoryWorkflowStore, MemoryStorage } from "./memory-workflow-store.ts";

function setup(): StoreSetup {
  const storage = new MemoryStorage();
  const open = async (): Promise<MemoryWorkflowStore> => new MemoryWorkflowStore(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
}

journalContract("the memory journal keeps what is written to it", setup);
journalSearchContract("the memory journal finds what is asked for", setup);
