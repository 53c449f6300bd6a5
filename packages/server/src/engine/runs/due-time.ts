import type { Clock } from "../../time/clock.ts";
import type { WorkflowWaiting } from "../types.ts";
import type { Wakeups } from "./wakeups.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/**
 * The time that a workflow's call waits for. The store knows it, unless operations run beside the workflow: then the
 * workflow has to be taken up immediately after a crash, and a timer waits for the time.
 */
export class DueTime {
  readonly #record: WorkflowRecord;
  readonly #clock: Clock;
  readonly #wakeups: Pick<Wakeups, "add">;
  readonly #timeCame: (time: number) => void;
  #time: number | null;
  #cancelTimer: (() => void) | undefined;
  #withOperations = false;

  constructor(
    record: WorkflowRecord,
    services: { readonly clock: Clock; readonly wakeups: Pick<Wakeups, "add"> },
    timeCame: (time: number) => void,
  ) {
    this.#record = record;
    this.#clock = services.clock;
    this.#wakeups = services.wakeups;
    this.#timeCame = timeCame;
    this.#time = record.state.wakeAt;
  }

  /** Whether this is the time that the call waits for, or a later one. */
  isReached(time: number): boolean {
    return this.#time !== null && this.#time <= time;
  }

  /** @param time in milliseconds since the Unix epoch; null for none, 0 for one that nobody knows */
  set(waiting: WorkflowWaiting, time: number | null, withOperations: boolean): void {
    this.clear();
    this.#time = time;
    this.#withOperations = withOperations;
    const wakeAt = withOperations ? 0 : earlier(time, this.#record.state.cancelBy);
    this.#record.change({ waiting, wakeAt });
    if (withOperations && time !== null && time !== 0) {
      this.#cancelTimer = this.#clock.setTimer(time, () => this.#timeCame(time));
    } else if (wakeAt !== null && wakeAt !== 0) {
      this.#wakeups.add({ id: this.#record.id, wakeAt });
    }
  }

  /** The time by which the workflow must have ended is now known, or has changed. */
  look(): void {
    const { waiting } = this.#record.state;
    if (waiting !== null) {
      this.set(waiting, this.#time, this.#withOperations);
    }
  }

  /** The last operation has ended, and the call still waits. */
  withoutOperations(): void {
    if (this.#withOperations) {
      this.#withOperations = false;
      this.look();
    }
  }

  /** Nothing is waited for any longer. */
  clear(): void {
    this.#time = 0;
    this.#withOperations = false;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
