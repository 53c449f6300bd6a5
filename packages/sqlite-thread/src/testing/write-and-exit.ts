import { SqliteThread } from "../sqlite-thread.ts";
import { startThread } from "../start-thread.ts";
import type { NotesStore } from "./notes-store.ts";

// Ends without closing the file, like a program that calls `process.exit`.
const [directory = "", fileName = ""] = process.argv.slice(2);
const thread = await SqliteThread.open<NotesStore>({
  directory,
  fileName,
  what: "notebook",
  start: (options) => startThread(import.meta.url, "./notes-thread", options),
});
await thread.write("add", ["one"]);
process.exit(3);
