import { afterEach, beforeEach, describe } from "vitest";
import { claimingContract } from "./ledger/claiming.ts";
import { listingContract } from "./ledger/listing.ts";
import { lostJobsContract } from "./ledger/lost-jobs.ts";
import { publishingContract } from "./ledger/publishing.ts";
import { reportsContract } from "./ledger/reports.ts";
import { statesContract } from "./ledger/states.ts";
import { workersContract } from "./ledger/workers.ts";
import { type StoreUnderTest, TestLedger } from "./ledger/test-ledger.ts";

/** What a ledger does, with any kind of tables. */
export function ledgerContract(name: string, create: () => StoreUnderTest): void {
  const ledger = new TestLedger();

  beforeEach(() => ledger.open(create()));

  afterEach(() => ledger.close());

  describe(`${name}: publishing`, () => {
    publishingContract(ledger);
  });
  describe(`${name}: claiming`, () => {
    claimingContract(ledger);
  });
  describe(`${name}: states`, () => {
    statesContract(ledger);
  });
  describe(`${name}: reports`, () => {
    reportsContract(ledger);
  });
  describe(`${name}: workers`, () => {
    workersContract(ledger);
  });
  describe(`${name}: lost jobs`, () => {
    lostJobsContract(ledger);
  });
  describe(`${name}: listing`, () => {
    listingContract(ledger);
  });
}
