import type { ModuleStore } from "../engine/index.ts";
import type { StoredModule, StoreWrite } from "../store/workflow-store.ts";

/** The modules of a server with several engines, which are in all of their journals. The first one tells which there are. */
export class SharedModules implements ModuleStore {
  readonly #journals: readonly ModuleStore[];

  /** @param journals of all engines, in their order */
  constructor(journals: readonly ModuleStore[]) {
    this.#journals = journals;
  }

  /**
   * Takes writes of modules only. It may be done twice.
   *
   * @throws StoreWriteError
   */
  async commit(writes: readonly StoreWrite[]): Promise<void> {
    const [first, ...others] = this.#journals;
    // Whoever learns of a module by the first one finds it in all.
    await Promise.all(others.map((journal) => journal.commit(writes)));
    await first?.commit(writes);
  }

  async modules(): Promise<readonly StoredModule[]> {
    return (await this.#journals[0]?.modules()) ?? [];
  }

  /** @throws EngineError `JOURNAL_DAMAGED` */
  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    for (const journal of this.#journals) {
      const bytes = await journal.moduleBytes(hash);
      if (bytes !== undefined) {
        return bytes;
      }
    }
    return undefined;
  }
}
