import { journalContract } from "../testing/journal-contract.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { SqliteJournal } from "./sqlite-journal.ts";

journalContract("the SQLite journal", () => {
  const directory = new TemporaryDirectory();
  const open = (): Promise<SqliteJournal> => SqliteJournal.open(directory.path);
  return { open, reopen: open, cleanUp: async () => directory.remove() };
});
