import type { Worker } from "node:worker_threads";
import { SqliteThread } from "../sqlite-thread.ts";
import { startThread } from "../start-thread.ts";
import type { NotesStore } from "./notes-store.ts";

// The thread ends without closing its file, as where it runs out of memory.
const [directory = "", fileName = ""] = process.argv.slice(2);
let worker: Worker | undefined;
const thread = await SqliteThread.open<NotesStore>({
  directory,
  fileName,
  what: "notebook",
  start: (options) => {
    worker = startThread(import.meta.url, "./notes-thread", options);
    return worker;
  },
});
await thread.write("add", ["one"]);
await worker?.terminate();
process.exit(3);
