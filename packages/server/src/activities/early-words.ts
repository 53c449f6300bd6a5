import type { ActivityBeat, ActivityReport } from "@flawless-ts/sdk/internal";
import type { Clock } from "../time/clock.ts";
import { keyOfLease } from "./lease.ts";

/** What a worker reported about an attempt before its task was reopened. */
export interface EarlyWord {
  readonly worker: string;
  readonly told: ActivityReport | (ActivityBeat & { readonly isBeat: true });
}

const maxWords = 10_000;

/**
 * What workers report about their attempts after a restart, before the server has reopened the tasks that workflows
 * wait for.
 */
export class EarlyWords {
  readonly #clock: Clock;
  readonly #until: number;
  readonly #byKey = new Map<string, EarlyWord>();

  /** @param until when all tasks should have been reopened, in milliseconds since the Unix epoch */
  constructor(clock: Clock, until: number) {
    this.#clock = clock;
    this.#until = until;
  }

  /** @returns false if it is too late for the task to be reopened, or too much is already stored */
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
    // A late heartbeat must not replace a result.
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
