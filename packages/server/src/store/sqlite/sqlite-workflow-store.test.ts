import { journalContract } from "../../testing/store-contract.ts";
import { journalSearchContract } from "../../testing/store-search-contract.ts";
import { sqliteSetup } from "../../testing/store-setups.ts";

journalContract("the SQLite journal keeps what is written to it", sqliteSetup);
journalSearchContract("the SQLite journal finds what is asked for", sqliteSetup);
