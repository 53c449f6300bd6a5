import { storeContract } from "../testing/store-contract.ts";
import { storeSearchContract } from "../testing/store-search-contract.ts";
import { memorySetup } from "../testing/store-setups.ts";

storeContract("the memory journal keeps what is written to it", memorySetup);
storeSearchContract("the memory journal finds what is asked for", memorySetup);
