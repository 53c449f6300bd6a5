import type { Outcomes, SentStep } from "../host-calls/outcomes.ts";
import type { TestClock } from "./test-clock.ts";

/** Outcomes in memory, shared by all engines of a test. */
export class SharedOutcomes implements Outcomes {
  readonly stored: Map<string, string> = new Map();
  /** The keys of steps whose outcomes were removed, or found missing when their time was over. */
  readonly removed: string[] = [];
  readonly missing: string[] = [];
  readonly #clock: TestClock;
  readonly #waiting = new Map<string, (outcome: string) => void>();
  /** Outcomes that follow are stored only while this is true. */
  arrive = true;

  constructor(clock: TestClock) {
    this.#clock = clock;
  }

  follow({ key }: SentStep, _until: number, outcome: Promise<string | undefined>): void {
    void outcome.then((text) => {
      if (text !== undefined && this.arrive) {
        this.stored.set(key, text);
        this.#waiting.get(key)?.(text);
      }
    });
  }

  find({ key }: SentStep, until: number, signal: AbortSignal): Promise<string | undefined> {
    const found = Promise.withResolvers<string | undefined>();
    signal.addEventListener("abort", () => found.reject(signal.reason as Error), { once: true });
    const stored = this.stored.get(key);
    if (stored === undefined) {
      this.#waiting.set(key, found.resolve);
      this.#clock.setTimer(until, () => {
        this.missing.push(key);
        found.resolve(undefined);
      });
    } else {
      found.resolve(stored);
    }
    return found.promise;
  }

  remove({ key }: SentStep): void {
    this.stored.delete(key);
    this.removed.push(key);
  }
}
