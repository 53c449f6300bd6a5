import type { ActivityBeat, ActivityReport } from "@flawless-ts/sdk/internal";
import type { Clock } from "../time/clock.ts";
import { keyOfLease } from "./lease.ts";

/** What a worker told of an attempt before its task was there. */
export interface EarlyWord {
  readonly worker: string;
  readonly told: ActivityReport | (ActivityBeat & { readonly isBeat: true });
}

const maxWords = 10_000;

/**
 * What workers tell of their attempts when the server is back, and before it has opened again the tasks that workflows wait
 * for.
 */
export class EarlyWords {
  readonly #clock: Clock;
  readonly #until: number;
  readonly #byKey = new Map<string, EarlyWord>();

  /** @param until when all tasks should be there, in milliseconds since the Unix epoch */
  constructor(clock: Clock, until: number) {
    this.#clock = clock;
    this.#until = until;
  }

  /** @returns false: it is too late, and the task will not come */
  keep(word: EarlyWord): boolean {
    if (this.#clock.now() >= this.#until) {
      this.#byKey.clear();
      return false;
    }
    const key = keyOfLease(word.told.lease);
    const known = this.#byKey.get(key);
    if (known === undefined && this.#byKey.size >= maxWords) {
      return false;
    }
    // A sign of life that was on its way says less than a result.
    if (known === undefined || "isBeat" in known.told || !("isBeat" in word.told)) {
      this.#byKey.set(key, word);
    }
    return true;
  }

  take(key: string): EarlyWord | undefined {
    const word = this.#byKey.get(key);
    this.#byKey.delete(key);
    return word;
  }
}
