import { ledgerContract } from "../testing/ledger-contract.ts";
import { MemoryStore } from "./memory-store.ts";

ledgerContract("the ledger in memory", () => ({
  open: async () => new MemoryStore(),
  cleanUp: async () => undefined,
}));
