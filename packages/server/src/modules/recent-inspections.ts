import { hash } from "node:crypto";
import type { InspectedModule } from "./inspected-module.ts";
import type { InspectionLimits } from "./inspector-messages.ts";

/** What an inspection was asked for beside the bytes. */
export interface InspectionTerms {
  readonly limits: InspectionLimits;
  /** Whether the module was found good before: its dear functions are not tried again. */
  readonly isKnown: boolean;
}

interface Recent {
  readonly sizeBytes: number;
  readonly wasKnown: boolean;
  /** JSON text of the limits that held. */
  readonly limits: string;
  /** Kept by whoever runs it: here it may go. */
  readonly module: WeakRef<InspectedModule>;
}

const maxRecent = 16;

/**
 * Modules that were looked through not long ago, as long as somebody still has them: engines that start one after the
 * other in a process, as in tests, are given the same module again and again.
 */
export class RecentInspections {
  readonly #byHash = new Map<string, Recent>();

  /** What the same bytes were found to be under the same limits, with no less tried. */
  find(bytes: Uint8Array, { limits, isKnown }: InspectionTerms): InspectedModule | undefined {
    const text = JSON.stringify(limits);
    const isCandidate = (recent: Recent): boolean =>
      recent.sizeBytes === bytes.length && recent.limits === text && (isKnown || !recent.wasKnown);
    // Most modules are new, and need no hash from this thread.
    if (![...this.#byHash.values()].some(isCandidate)) return undefined;
    const found = this.#byHash.get(hash("sha256", bytes, "hex"));
    return found !== undefined && isCandidate(found) ? found.module.deref() : undefined;
  }

  /** Notes what was found. */
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
