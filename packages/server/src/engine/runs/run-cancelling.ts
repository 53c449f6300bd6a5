import type { HeardCancellation } from "@flawless-ts/wasm-module/internal";
import { cancelData, cancelMessage } from "../../host-calls/cancel-message.ts";
import type { RunServices } from "./run-services.ts";
import type { WorkflowRecord } from "./workflow-record.ts";

/** Asks one workflow to cancel, and ensures that it ends in time. */
export class RunCancelling {
  readonly #services: Pick<RunServices, "clock" | "limits">;
  readonly #record: WorkflowRecord;
  readonly #timeUp: () => void;
  #cancelTimer: (() => void) | undefined;

  constructor(
    services: Pick<RunServices, "clock" | "limits">,
    record: WorkflowRecord,
    timeUp: () => void,
  ) {
    this.#services = services;
    this.#record = record;
    this.#timeUp = timeUp;
  }

  /** Whether it was asked. */
  get isAsked(): boolean {
    return this.#record.state.cancelBy !== null;
  }

  /** Whether it must have ended by that time. */
  isOverAt(time: number): boolean {
    const { cancelBy } = this.#record.state;
    return cancelBy !== null && cancelBy <= time;
  }

  ask(heard: Exclude<HeardCancellation, "none">): void {
    const now = this.#services.clock.now();
    this.#record.change({ cancelBy: now + this.#services.limits.compensatingMs });
    this.#record.receive(cancelMessage, cancelData[heard], now);
    this.watch();
  }

  /** Starts a timer for the time by which the workflow must have ended, if it was asked. */
  watch(): void {
    const { cancelBy } = this.#record.state;
    this.stop();
    if (cancelBy !== null) {
      this.#cancelTimer = this.#services.clock.setTimer(cancelBy, this.#timeUp);
    }
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
