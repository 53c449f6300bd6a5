import { writeFileSync } from "node:fs";
import { serveSqlite } from "../serve-sqlite.ts";
import { NotesStore } from "./notes-store.ts";

// Never ends opening its file: once it has written there, it waits forever, and says so by a file next to it.
serveSqlite((file) => {
  const store = new NotesStore(file);
  store.add(["two"]);
  writeFileSync(`${file}.opening`, "");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  return store;
});
