import { serveSqlite } from "../serve-sqlite.ts";
import { NotesStore } from "./notes-store.ts";

serveSqlite((file) => new NotesStore(file));
