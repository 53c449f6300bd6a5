import type { Ledger } from "../queue/ledger.ts";

/** The methods of the ledger that change nothing. */
export type ReadMethod = "job" | "jobs" | "newestJobs" | "counts" | "worker" | "workers";

/** The methods of the ledger that change something. */
export type WriteMethod = Exclude<keyof Ledger, ReadMethod>;

/**
 * Where the queue is kept: something that calls the ledger's methods one after the other, each in a transaction. What
 * is handed over is plain data, and outcomes depend on nothing else, so that a replicated store can send the calls
 * around as its log.
 */
export interface Store {
  /** Sees all writes that were asked for before it. */
  read<Name extends ReadMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>>;
  /** It resolves once the change would survive a power cut. */
  write<Name extends WriteMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>>;
  close(): Promise<void>;
}
