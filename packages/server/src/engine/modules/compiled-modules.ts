import type { InspectedModule } from "../../modules/inspected-module.ts";

interface Entry {
  readonly module: Promise<InspectedModule>;
  bytes: number;
}

/** Caches compiled modules, the most recently used ones. */
export class CompiledModules {
  readonly #maxBytes: number;
  readonly #onForgotten: (hash: string, bytes: number) => void;
  /** By content hash, the most recently used at the end. */
  readonly #entries = new Map<string, Entry>();
  /** Includes modules that are no longer cached: their guests may still run, and start children. */
  readonly #workflowNames = new Map<string, readonly string[]>();

  /** @param onForgotten called with the hash of a module that is no longer cached */
  constructor(maxBytes: number, onForgotten: (hash: string, bytes: number) => void) {
    this.#maxBytes = maxBytes;
    this.#onForgotten = onForgotten;
  }

  get(hash: string): Promise<InspectedModule> | undefined {
    const entry = this.#entries.get(hash);
    if (entry !== undefined) {
      this.#entries.delete(hash);
      this.#entries.set(hash, entry);
    }
    return entry?.module;
  }

  /** Caches a module once it is compiled, and drops others to make room for it. */
  add(hash: string, module: Promise<InspectedModule>): Promise<InspectedModule> {
    const entry: Entry = { module, bytes: 0 };
    this.#entries.set(hash, entry);
    module.then(
      ({ inspection, codeBytes }) => {
        entry.bytes = inspection.sizeBytes + codeBytes;
        this.#workflowNames.set(hash, inspection.workflows);
        this.#makeRoom(hash);
      },
      () => this.#entries.delete(hash),
    );
    return module;
  }

  workflowNames(hash: string): readonly string[] {
    return this.#workflowNames.get(hash) ?? [];
  }

  #makeRoom(kept: string): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [hash, entry] of this.#entries) {
      if (bytes <= this.#maxBytes) {
        return;
      }
      if (hash !== kept && entry.bytes > 0) {
        this.#entries.delete(hash);
        this.#onForgotten(hash, entry.bytes);
        bytes -= entry.bytes;
      }
    }
  }
}
