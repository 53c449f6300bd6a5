import type {
  StoredMessage,
  StoredModule,
  StoredSchedule,
  StoredWorkflow,
} from "./workflow-store.ts";

/** A workflow with everything that is kept of it, as it is kept: what is sealed stays sealed. */
export interface WholeWorkflow {
  readonly workflow: StoredWorkflow;
  readonly appends: readonly { readonly position: number; readonly lines: string }[];
  readonly messages: readonly StoredMessage[];
  readonly notes: readonly { readonly name: string; readonly value: string }[];
}

/** Reads all that a store keeps, from the lowest id on, while nobody writes to it. */
export interface WholeStore {
  /** Where it is, for messages. */
  readonly name: string;
  /** How many workflows there are. */
  count(): Promise<number>;
  /**
   * The next workflows above an id, by id: as many as are no more than some megabytes, but at least one. Empty: there are no
   * more.
   */
  workflows(after: number): Promise<readonly WholeWorkflow[]>;
  /** The next schedules after a name, in the order of their names, up to a hundred. Empty: there are no more. */
  schedules(after: string): Promise<readonly StoredSchedule[]>;
  /** All that are deployed, by name and version. */
  modules(): Promise<readonly StoredModule[]>;
  /** The hashes of all bytes of modules, those that running workflows of older versions need included. */
  moduleHashes(): Promise<readonly string[]>;
  moduleBytes(hash: string): Promise<Uint8Array | undefined>;
}

/** So many schedules are read at once. */
export const wholeSchedules: number = 100;

/** So many workflows, and so many bytes of their texts, are read at once, beside those of the last one. */
export const wholeBatch: { readonly workflows: number; readonly bytes: number } = {
  workflows: 500,
  bytes: 8 * 2 ** 20,
};
