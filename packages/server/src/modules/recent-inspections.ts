import { hash } from "node:crypto";
import type { InspectedModule } from "./inspected-module.ts";
import type { InspectionLimits } from "./inspector-messages.ts";

/** The parameters of an inspection besides the bytes. */
export interface InspectionTerms {
  readonly limits: InspectionLimits;
  /** Whether the module has passed before: its costly functions are not tried again. */
  readonly isKnown: boolean;
}

interface Recent {
  readonly sizeBytes: number;
  readonly wasKnown: boolean;
  /** The limits that applied, as JSON text. */
  readonly limits: string;
  /** Whoever runs it keeps it: here it may be collected. */
  readonly module: WeakRef<InspectedModule>;
}

const maxRecent = 16;

/**
 * Recently inspected modules, as long as somebody still has them: engines that start one after another in a process, as
 * in tests, get the same module again and again.
 */
export class RecentInspections {
  readonly #byHash = new Map<string, Recent>();

  /** The result for the same bytes and limits, if at least as much was tried. */
  find(bytes: Uint8Array, { limits, isKnown }: InspectionTerms): InspectedModule | undefined {
    const text = JSON.stringify(limits);
    const isCandidate = (recent: Recent): boolean =>
      recent.sizeBytes === bytes.length && recent.limits === text && (isKnown || !recent.wasKnown);
    // Most modules are new and need no hash from this thread.
    if (![...this.#byHash.values()].some(isCandidate)) return undefined;
    const found = this.#byHash.get(hash("sha256", bytes, "hex"));
    return found !== undefined && isCandidate(found) ? found.module.deref() : undefined;
  }

  /** Stores a result. */
  add(module: InspectedModule, { limits, isKnown }: InspectionTerms): void {
    const { sizeBytes } = module.inspection;
    this.#byHash.delete(module.hash);
    this.#byHash.set(module.hash, {
      sizeBytes,
      wasKnown: isKnown,
      limits: JSON.stringify(limits),
      module: new WeakRef(module),
    });
    for (const [hash, recent] of this.#byHash) {
      const isGone = recent.module.deref() === undefined;
      if (isGone || this.#byHash.size > maxRecent) this.#byHash.delete(hash);
    }
  }
}
