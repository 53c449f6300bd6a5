import { describeUnless } from "@flawless-ts/test-helpers";
import { missingForPostgres } from "@flawless-ts/test-helpers/postgres";
import { journalContract } from "../../testing/store-contract.ts";
import { journalSearchContract } from "../../testing/store-search-contract.ts";
import { postgresSetup } from "../../testing/store-setups.ts";

describeUnless(missingForPostgres(), "PostgreSQL", () => {
  journalContract("the PostgreSQL store keeps what is written to it", postgresSetup);
  journalSearchContract("the PostgreSQL store finds what is asked for", postgresSetup);
});
