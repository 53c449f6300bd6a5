import { serveSqlite } from "@flawless-ts/sqlite-thread";
import { SqliteLedger } from "./sqlite-ledger.ts";

serveSqlite((file) => new SqliteLedger(file));
