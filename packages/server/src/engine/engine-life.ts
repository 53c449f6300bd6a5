import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../errors.ts";
import type { EngineParts } from "./engine-parts.ts";
import { whenSaved } from "./runs/index.ts";

const sweepMs = 1_000;
const defaultGraceMs = 10_000;

/** Options of `Engine.close`. */
export interface CloseEngineOptions {
  readonly graceMs?: number;
  readonly handOverAfterMs?: number;
}

/** How an engine runs and ends. */
export class EngineLife {
  readonly #parts: EngineParts;
  readonly #sweep: NodeJS.Timeout;
  readonly #closed = Promise.withResolvers<void>();
  #state: "open" | "closing" | "closed" = "open";

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const { executors, registry, schedules, timers } = parts;
    // It also keeps the process alive while the engine is open.
    this.#sweep = timers.setInterval(() => {
      const isTight = executors.memoryIsTight;
      registry.residency.sweep({ all: isTight });
      if (isTight) executors.releaseIdle();
      schedules.watchClock();
    }, sweepMs);
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  /** Like `Engine.closed`. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** @throws EngineError `CLOSED`; `JOURNAL_UNAVAILABLE` if nothing can be saved at the moment */
  assertOpen(): void {
    if (this.#state !== "open") {
      throw new EngineError(
        "CLOSED",
        "The server is shutting down. Send the request again when it is back.",
      );
    }
    const { writeFailure } = this.#parts.committer;
    if (writeFailure !== null) {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `Nothing can be accepted at the moment, as the journal can't be written: ${writeFailure}`,
      );
    }
  }

  /** Like `Engine.close`. */
  async close({ graceMs = defaultGraceMs, handOverAfterMs }: CloseEngineOptions): Promise<void> {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "closing";
    const { clock, onError, registry, schedules } = this.#parts;
    const endsAt = clock.now() + graceMs;
    this.#closeActivities();
    schedules.stop();
    registry.stopAccepting();
    this.#rejectCallers(
      "The server is shutting down. The workflow goes on when the server is started again.",
    );
    const timeUp = sleep(graceMs, undefined, { ref: false });
    const saved =
      handOverAfterMs === undefined
        ? whenSaved(registry, "requests")
        : this.#handOver(handOverAfterMs, endsAt);
    await Promise.race([saved, timeUp]).catch((error: unknown) => onError(error));
    await this.kill();
  }

  /** Like `Engine.kill`. */
  async kill(): Promise<void> {
    if (this.#state === "closed") {
      return;
    }
    this.#state = "closed";
    const { committer, executors, ownsExecutors, registry, schedules, store, timers } = this.#parts;
    this.#closeActivities();
    schedules.stop();
    committer.stop();
    registry.stop();
    this.#rejectCallers("The engine was stopped.");
    registry.activity.notify();
    this.#closed.resolve();
    if (ownsExecutors) {
      await executors.close();
    }
    await store.close();
    // Last, because until here the process must not end for lack of pending work.
    timers.clearInterval(this.#sweep);
  }

  async #handOver(afterMs: number, endsAt: number): Promise<void> {
    const { clock, registry } = this.#parts;
    await Promise.race([
      whenSaved(registry, "requests"),
      sleep(afterMs, undefined, { ref: false }),
    ]);
    registry.sentOnce.handOver(endsAt, clock);
    await whenSaved(registry, "intents");
  }

  /** Polling workers turn to the next server, which also receives the results of their tasks. */
  #closeActivities(): void {
    const { activities, ownsActivities } = this.#parts;
    if (ownsActivities) {
      activities.close();
    }
  }

  #rejectCallers(message: string): void {
    const closed = new EngineError("CLOSED", message);
    const { ends, responses, updates } = this.#parts.registry;
    responses.rejectAll(closed);
    ends.rejectAll(closed);
    updates.rejectAll(closed);
  }
}
