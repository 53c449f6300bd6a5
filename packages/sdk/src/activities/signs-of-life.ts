import type { ActivityBeat, EndedLeases } from "../connection/activity-types.ts";
import type { FailureLog } from "../worker/failure-log.ts";
import type { Retrier } from "../worker/retrier.ts";
import type { HeldAttempt } from "./held-attempt.ts";

/** The number of heartbeats within a lease, or a heartbeat timeout. */
const beatsPerLease = 3;

/** Sends heartbeats for a worker's tasks, often enough to keep them, and learns which ones it has lost. */
export class SignsOfLife {
  readonly #held: Map<string, HeldAttempt>;
  readonly #parts: { readonly retrier: Retrier; readonly failures: FailureLog };
  readonly #url: () => string;
  readonly #tell: (beats: readonly ActivityBeat[]) => Promise<EndedLeases>;
  /** Ends the pause between two heartbeats. */
  #pauseOver = new AbortController();

  /** @param held the worker's tasks by their leases; lost ones are removed */
  constructor(
    held: Map<string, HeldAttempt>,
    parts: { readonly retrier: Retrier; readonly failures: FailureLog },
    url: () => string,
    tell: (beats: readonly ActivityBeat[]) => Promise<EndedLeases>,
  ) {
    this.#held = held;
    this.#parts = parts;
    this.#url = url;
    this.#tell = tell;
  }

  /** Sends them until the signal is aborted. */
  async giveUntil(signal: AbortSignal, leaseMs: () => number): Promise<void> {
    while (!signal.aborted) {
      const shortest = Math.min(
        leaseMs(),
        ...[...this.#held.values()].map(({ task }) => task.heartbeatMs ?? Infinity),
      );
      this.#pauseOver = new AbortController();
      const pause = AbortSignal.any([signal, this.#pauseOver.signal]);
      const milliseconds = Math.max(1, Math.floor(shortest / beatsPerLease));
      await this.#parts.retrier.waitExactly(milliseconds, pause);
      if (!pause.aborted) await this.give();
    }
  }

  /** Call it if a task may need heartbeats earlier than the others. */
  planAnew(): void {
    this.#pauseOver.abort();
  }

  async give(): Promise<void> {
    const { failures } = this.#parts;
    if (this.#held.size === 0) return;
    const telling = `Keeping tasks of ${this.#url()}`;
    const beats = [...this.#held.values()].map((attempt) => attempt.takeBeat());
    try {
      const { ended } = await this.#tell(beats);
      failures.worked(telling);
      for (const lease of ended) {
        this.#held.get(lease)?.abort("ended");
        this.#held.delete(lease);
      }
    } catch (error) {
      // A restarted server gets them once the worker has registered, which its requests for tasks trigger.
      failures.failed(telling, error, "Trying again until it works.");
    }
  }
}
