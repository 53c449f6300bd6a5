import { storeContract } from "../../testing/store-contract.ts";
import { storeSearchContract } from "../../testing/store-search-contract.ts";
import { sqliteSetup } from "../../testing/store-setups.ts";

storeContract("the SQLite journal keeps what is written to it", sqliteSetup);
storeSearchContract("the SQLite journal finds what is asked for", sqliteSetup);
