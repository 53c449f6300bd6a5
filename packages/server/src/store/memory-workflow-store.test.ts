import { journalContract } from "../testing/store-contract.ts";
import { journalSearchContract } from "../testing/store-search-contract.ts";
import { memorySetup } from "../testing/store-setups.ts";

journalContract("the memory journal keeps what is written to it", memorySetup);
journalSearchContract("the memory journal finds what is asked for", memorySetup);
