import type { Ledger } from "../queue/ledger.ts";

/** The ledger methods that only read. */
export type ReadMethod = "job" | "jobs" | "newestJobs" | "counts" | "worker" | "workers";

/** The ledger methods that write. */
export type WriteMethod = Exclude<keyof Ledger, ReadMethod>;

/**
 * The store of the queue: it calls the ledger's methods one after the other, each in a transaction. Arguments are plain data,
 * and outcomes depend on nothing else, so that a replicated store could distribute the calls as its log.
 */
export interface Store {
  /** Sees all writes requested before it. */
  read<Name extends ReadMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>>;
  /** Resolves once the change would survive a power cut. */
  write<Name extends WriteMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>>;
  close(): Promise<void>;
}
