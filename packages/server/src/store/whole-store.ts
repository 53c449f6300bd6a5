import type {
  StoredMessage,
  StoredModule,
  StoredSchedule,
  StoredWorkflow,
} from "./workflow-store.ts";

/** A workflow with everything stored for it, as it is stored: encrypted texts stay encrypted. */
export interface WholeWorkflow {
  readonly workflow: StoredWorkflow;
  readonly appends: readonly { readonly position: number; readonly lines: string }[];
  readonly messages: readonly StoredMessage[];
  readonly notes: readonly { readonly name: string; readonly value: string }[];
}

/** Reads everything in a store, from the lowest id on, while nobody writes to it. */
export interface WholeStore {
  /** Where the store is, for messages. */
  readonly name: string;
  /** How many workflows there are. */
  count(): Promise<number>;
  /**
   * The next workflows above an id, by id: at least one, and as many as fit in a few megabytes. Empty: there are no
   * more.
   */
  workflows(after: number): Promise<readonly WholeWorkflow[]>;
  /** The next schedules after a name, ordered by name, up to a hundred. Empty: there are no more. */
  schedules(after: string): Promise<readonly StoredSchedule[]>;
  /** All deployed modules, by name and version. */
  modules(): Promise<readonly StoredModule[]>;
  /** The hashes of all module bytes, including those that running workflows of older versions need. */
  moduleHashes(): Promise<readonly string[]>;
  moduleBytes(hash: string): Promise<Uint8Array | undefined>;
}

/** How many schedules are read at once. */
export const wholeSchedules: number = 100;

/** How many workflows, and bytes of their texts (besides the last workflow's), are read at once. */
export const wholeBatch: { readonly workflows: number; readonly bytes: number } = {
  workflows: 500,
  bytes: 8 * 2 ** 20,
};
