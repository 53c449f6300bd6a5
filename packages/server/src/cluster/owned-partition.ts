import type { Engine } from "../engine/index.ts";
import type { ClaimedPartition } from "../store/postgres/index.ts";
import type { Lease } from "./lease.ts";

/** What a partition runs on, as its node sees it. */
export type PartitionEngine = Pick<Engine, "close" | "drain" | "kill">;

/** How long short requests that are under way hold up a hand-over, in milliseconds. */
const maxVisitMs = 2_000;

/**
 * How long requests of workflows hold up a hand-over that may be repeated, in milliseconds: most end in that time, and need not
 * be sent again.
 */
const leaveRequestsAfterMs = 200;

/** A partition that this node runs. */
export class OwnedPartition<PartEngine extends PartitionEngine = Engine> {
  readonly claimed: ClaimedPartition;
  readonly lease: Lease;
  readonly engine: PartEngine;
  #state: "open" | "draining" | "closing" | "closed" = "open";
  #visits = 0;
  #left: PromiseWithResolvers<void> | undefined;

  constructor(claimed: ClaimedPartition, lease: Lease, engine: PartEngine) {
    this.claimed = claimed;
    this.lease = lease;
    this.engine = engine;
  }

  /** Whether requests may be answered by it. */
  get isOpen(): boolean {
    return (this.#state === "open" || this.#state === "draining") && this.lease.isValid;
  }

  /** Whether it is not on its way to another node. */
  get isStaying(): boolean {
    return this.#state === "open" && this.lease.isValid;
  }

  /**
   * Keeps it from being handed over for the time of a short request.
   * @returns what ends the visit; undefined where it is not open
   */
  enter(): (() => void) | undefined {
    if (!this.isOpen) {
      return undefined;
    }
    this.#visits += 1;
    let isInside = true;
    return () => {
      if (isInside) {
        isInside = false;
        this.#visits -= 1;
        if (this.#visits === 0) {
          this.#left?.resolve();
        }
      }
    };
  }

  /**
   * Closes in order: as long as a workflow's request is under way that may be sent only once, everything else goes on; then
   * short requests of callers come to their end, and the engine saves all. The lease has to go on meanwhile.
   */
  async close(graceMs: number): Promise<void> {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "draining";
    await this.engine.drain({ graceMs });
    if (this.#isStopped) {
      return;
    }
    this.#state = "closing";
    if (this.#visits > 0) {
      this.#left = Promise.withResolvers();
      const timer = setTimeout(this.#left.resolve, maxVisitMs);
      await this.#left.promise;
      clearTimeout(timer);
    }
    await this.engine.close({ graceMs, leaveRequestsAfterMs });
    this.#state = "closed";
  }

  /** Whether its lease was lost while it was being closed. */
  get #isStopped(): boolean {
    return this.#state === "closed";
  }

  /** Stops at once, as a crash does: it is not this node's any more, or soon will not be. */
  async stop(): Promise<void> {
    this.#state = "closed";
    this.lease.end();
    await this.engine.kill();
  }
}
