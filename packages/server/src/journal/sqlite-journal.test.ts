import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { journalContract, type JournalSetup } from "../testing/journal-contract.ts";
import { journalSearchContract } from "../testing/journal-search-contract.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

function setup(): JournalSetup {
  const directory = new TemporaryDirectory();
  const open = (): Promise<SqliteJournal> => SqliteJournal.open(directory.path);
  return { open, reopen: open, cleanUp: async () => directory.remove() };
}

journalContract("the SQLite journal keeps what is written to it", setup);
journalSearchContract("the SQLite journal finds what is asked for", setup);
