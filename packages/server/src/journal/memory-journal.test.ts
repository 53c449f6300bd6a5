import { journalContract } from "../testing/journal-contract.ts";
import { MemoryJournal, MemoryStorage } from "./memory-journal.ts";

journalContract("the memory journal", () => {
  const storage = new MemoryStorage();
  const open = async (): Promise<MemoryJournal> => new MemoryJournal(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
});
