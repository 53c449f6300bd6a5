import type { Logger } from "pino";
import type { Queue } from "./queue.ts";

/** Timeouts last for ten checks, so that some checks may be late before workers count as lost too early. */
const pauseInLooks = 5;

/** Periodically checks for lost workers, until it is disposed. */
export class LostWorkers implements Disposable {
  readonly #queue: Queue;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #everyMs: number;
  #lookedAt = Date.now();
  #looking = false;
  #failing = false;

  /** @param everyMs how often to check, in milliseconds */
  constructor(queue: Queue, logger: Logger, everyMs: number) {
    this.#queue = queue;
    this.#logger = logger;
    this.#everyMs = everyMs;
    this.#timer = setInterval(() => void this.#lookAfterPause(), everyMs).unref();
  }

  /**
   * A very late check means that the process was stopped or its machine suspended. Heartbeats sent in the meantime haven't been
   * read yet.
   */
  async #lookAfterPause(): Promise<void> {
    const now = Date.now();
    const lateMs = now - this.#lookedAt - this.#everyMs;
    this.#lookedAt = now;
    if (lateMs >= pauseInLooks * this.#everyMs) {
      this.#logger.warn({ ms: lateMs }, "this process was paused; that time doesn't count");
      this.#queue.wasAway();
    }
    await this.look();
  }

  /** Checks once, unless a check is running. */
  async look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    const begun = performance.now();
    try {
      const { workers, returned } = await this.#queue.returnLost();
      this.#failing = false;
      // A store that delayed this check delayed heartbeats, too.
      if (performance.now() - begun >= pauseInLooks * this.#everyMs) this.#queue.wasAway();
      for (const { id, lastHeartbeat } of workers) {
        const since = new Date(lastHeartbeat).toISOString();
        this.#logger.warn({ worker_id: id, last_heartbeat: since }, "worker lost");
      }
      for (const { id, status, retries } of returned) {
        this.#logger.warn({ job_id: id, status, retry_count: retries }, "job taken back");
      }
    } catch (error) {
      this.#queue.wasAway();
      if (!this.#failing) {
        this.#logger.error({ err: error }, "can't check for lost workers");
      }
      this.#failing = true;
    } finally {
      this.#looking = false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
