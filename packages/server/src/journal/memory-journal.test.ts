import { journalContract, type JournalSetup } from "../testing/journal-contract.ts";
import { journalSearchContract } from "../testing/journal-search-contract.ts";
import { MemoryJournal, MemoryStorage } from "./memory-journal.ts";

function setup(): JournalSetup {
  const storage = new MemoryStorage();
  const open = async (): Promise<MemoryJournal> => new MemoryJournal(storage);
  return { open, reopen: open, cleanUp: async () => undefined };
}

journalContract("the memory journal keeps what is written to it", setup);
journalSearchContract("the memory journal finds what is asked for", setup);
