import { serveSqlite } from "@flawless-ts/sqlite-thread";
import { DirectoryStore } from "../directory-store.ts";

serveSqlite((file) => new DirectoryStore(file));
