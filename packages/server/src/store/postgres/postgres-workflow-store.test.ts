import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { storeContract } from "../../testing/store-contract.ts";
import { storeSearchContract } from "../../testing/store-search-contract.ts";
import { postgresSetup } from "../../testing/store-setups.ts";

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  storeContract("the PostgreSQL store keeps what is written to it", postgresSetup);
  storeSearchContract("the PostgreSQL store finds what is asked for", postgresSetup);
});
