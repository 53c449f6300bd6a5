import type { Engine } from "../engine/index.ts";
import type { ClaimedPartition } from "../store/postgres/index.ts";
import type { Lease } from "./lease.ts";

/** The engine of a partition, as its node uses it. */
export type PartitionEngine = Pick<Engine, "close" | "kill">;

/** How long short requests in flight may delay a hand-over, in milliseconds. */
const maxVisitMs = 2_000;

/** How long requests of workflows may delay a hand-over, in milliseconds: most end in that time. */
const handOverAfterMs = 200;

/** A partition that this node runs. */
export class OwnedPartition<PartEngine extends PartitionEngine = Engine> {
  readonly claimed: ClaimedPartition;
  readonly lease: Lease;
  readonly engine: PartEngine;
  #state: "open" | "closing" | "closed" = "open";
  #visits = 0;
  #left: PromiseWithResolvers<void> | undefined;

  constructor(claimed: ClaimedPartition, lease: Lease, engine: PartEngine) {
    this.claimed = claimed;
    this.lease = lease;
    this.engine = engine;
  }

  /** Whether it can serve requests, and is not being handed over. */
  get isOpen(): boolean {
    return this.#state === "open" && this.lease.isValid;
  }

  /**
   * Delays a hand-over while a short request is in flight.
   * @returns a function that ends the visit; undefined if it is not open
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
   * Closes gracefully: short requests of callers end, and the engine saves everything. The lease must stay valid
   * meanwhile.
   * @param graceMs how long workflows' requests that may be sent only once may continue, also after the engine is closed
   */
  async close(graceMs: number): Promise<void> {
    if (this.#state !== "open") {
      return;
    }
    this.#state = "closing";
    if (this.#visits > 0) {
      this.#left = Promise.withResolvers();
      const timer = setTimeout(this.#left.resolve, maxVisitMs);
      await this.#left.promise;
      clearTimeout(timer);
    }
    await this.engine.close({ graceMs, handOverAfterMs });
    this.#state = "closed";
  }

  /** Stops immediately, like a crash: this node has lost the partition, or soon will. */
  async stop(): Promise<void> {
    this.#state = "closed";
    this.lease.end();
    await this.engine.kill();
  }
}
