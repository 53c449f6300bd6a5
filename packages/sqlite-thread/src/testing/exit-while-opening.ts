import { existsSync } from "node:fs";
import { join } from "node:path";
import { SqliteThread } from "../sqlite-thread.ts";
import { startThread } from "../start-thread.ts";
import type { NotesStore } from "./notes-store.ts";

// Ends while a thread still opens the file, as a program does that is stopped meanwhile.
const [directory = "", fileName = ""] = process.argv.slice(2);
void SqliteThread.open<NotesStore>({
  directory,
  fileName,
  what: "notebook",
  start: (options) => startThread(import.meta.url, "./endless-thread", options),
});
setInterval(() => {
  if (existsSync(join(directory, `${fileName}.opening`))) {
    process.exit(3);
  }
}, 5);
