import { Ledger } from "../queue/ledger.ts";
import { MemoryTables } from "../queue/memory-tables.ts";
import type { ReadMethod, Store, WriteMethod } from "./store.ts";

/** A store in memory, for tests. */
export class MemoryStore implements Store {
  readonly #ledger = new Ledger(new MemoryTables());

  async read<Name extends ReadMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    return this.#call(method, parameters);
  }

  async write<Name extends WriteMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    return this.#call(method, parameters);
  }

  async close(): Promise<void> {}

  #call<Name extends keyof Ledger>(
    method: Name,
    parameters: Parameters<Ledger[Name]>,
  ): ReturnType<Ledger[Name]> {
    const run = this.#ledger[method] as (
      ...parameters: Parameters<Ledger[Name]>
    ) => ReturnType<Ledger[Name]>;
    return run.apply(this.#ledger, parameters);
  }
}
