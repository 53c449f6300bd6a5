import { afterEach, beforeEach, describe } from "vitest";
import { journalsContract } from "./store-contract/journals.ts";
import { mailboxesContract } from "./store-contract/mailboxes.ts";
import { modulesContract } from "./store-contract/modules.ts";
import { pruningContract } from "./store-contract/pruning.ts";
import { schedulesContract } from "./store-contract/schedules.ts";
import { transactionsContract } from "./store-contract/transactions.ts";
import { workflowsContract } from "./store-contract/workflows.ts";
import { type StoreSetup, TestStore } from "./store-contract/test-store.ts";

/** What every store must do with its writes. */
export function storeContract(name: string, setup: () => StoreSetup): void {
  describe(`${name}`, () => {
    const tested = new TestStore();

    beforeEach(() => tested.open(setup()));

    afterEach(() => tested.close());

    describe("workflows", () => {
      workflowsContract(tested);
    });
    describe("journals", () => {
      journalsContract(tested);
    });
    describe("a mailbox", () => {
      mailboxesContract(tested);
    });
    describe("a transaction with one failing write leaves no trace of the others", () => {
      transactionsContract(tested);
    });
    describe("pruning", () => {
      pruningContract(tested);
    });
    describe("schedules", () => {
      schedulesContract(tested);
    });
    describe("modules", () => {
      modulesContract(tested);
    });
  });
}
