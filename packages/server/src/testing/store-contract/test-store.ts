import type { WorkflowStore } from "../../store/workflow-store.ts";

/** Opens one kind of store, a fresh one for each test. */
export interface StoreSetup {
  open(): Promise<WorkflowStore>;
  /** Reopens the same store after it was closed. */
  reopen(): Promise<WorkflowStore>;
  cleanUp(): Promise<void>;
}

/** The store of the current test. */
export class TestStore {
  #setup: StoreSetup | undefined;
  #store: WorkflowStore | undefined;

  get store(): WorkflowStore {
    if (this.#store === undefined) {
      throw new Error("no store is open");
    }
    return this.#store;
  }

  async open(setup: StoreSetup): Promise<void> {
    this.#setup = setup;
    this.#store = await setup.open();
  }

  /** Closes the store and opens it again. */
  async reopen(): Promise<void> {
    await this.store.close();
    this.#store = await this.#setup?.reopen();
  }

  async close(): Promise<void> {
    await this.#store?.close();
    await this.#setup?.cleanUp();
    this.#store = undefined;
    this.#setup = undefined;
  }
}
