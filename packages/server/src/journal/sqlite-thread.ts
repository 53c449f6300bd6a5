import { serveSqlite } from "@flawless-ts/sqlite-thread";
import { SqliteStore } from "./sqlite-store.ts";

serveSqlite((file) => new SqliteStore(file));
