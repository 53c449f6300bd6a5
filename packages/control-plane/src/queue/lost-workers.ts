import type { Logger } from "pino";
import type { Queue } from "./queue.ts";

/** The time-outs are ten looks long: so many may be late before workers would have to be taken for lost too early. */
const pauseInLooks = 5;

/** Looks again and again for workers that are lost. Disposing of it ends that. */
export class LostWorkers implements Disposable {
  readonly #queue: Queue;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  readonly #everyMs: number;
  #lookedAt = Date.now();
  #looking = false;
  #failing = false;

  /** @param everyMs how often to look, in milliseconds */
  constructor(queue: Queue, logger: Logger, everyMs: number) {
    this.#queue = queue;
    this.#logger = logger;
    this.#everyMs = everyMs;
    this.#timer = setInterval(() => void this.#lookAfterPause(), everyMs).unref();
  }

  /**
   * A look that comes very late was kept from coming: the process was stopped, or its machine suspended. What workers sent
   * meanwhile has yet to be read.
   */
  async #lookAfterPause(): Promise<void> {
    const now = Date.now();
    const lateMs = now - this.#lookedAt - this.#everyMs;
    this.#lookedAt = now;
    if (lateMs >= pauseInLooks * this.#everyMs) {
      this.#logger.warn({ ms: lateMs }, "this process was paused: that time does not count");
      this.#queue.wasAway();
    }
    await this.look();
  }

  /** Looks once, unless it is looking already. */
  async look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    const begun = performance.now();
    try {
      const { workers, returned } = await this.#queue.returnLost();
      this.#failing = false;
      // A store that kept this waiting kept workers waiting, too, who would have shown that they live.
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
        this.#logger.error({ err: error }, "lost workers can't be looked for");
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
