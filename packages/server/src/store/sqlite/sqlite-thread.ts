import { serveSqlite } from "@flawless-ts/sqlite-thread";
import { DirectoryStore } from "../directory-store.ts";

serveSqlite((file, tell) => new DirectoryStore(file, tell));
