import TinyQueue from "tinyqueue";
import type { WorkflowStore, Wakeup } from "../../store/workflow-store.ts";
import type { Clock } from "../../time/clock.ts";

/** What wakeups need of the engine. */
export interface WakeupCallbacks {
  /** Runs the workflow if it still waits for this time. Settles when that has begun. */
  wake(wakeup: Wakeup): Promise<void>;
  /** Makes all states durable, so that the journal has every time to come. */
  flush(): Promise<void>;
  /** Called when reading the journal failed. It is retried. */
  failed(error: unknown): void;
  /** Called when all that was due is awake. */
  rested(): void;
}

const pageSize = 1_000;
const maxAtOnce = 64;
/** If there are more than this, the latest ones are left to the journal again. */
const maxInMemory = 10_000;
const retryMs = 1_000;

/**
 * Wakes workflows at their times. Only the nearest ones are in memory. The rest stays in the journal and is read in
 * pages, so that a million sleepers cost neither memory nor time at start-up.
 */
export class Wakeups {
  readonly #store: WorkflowStore;
  readonly #clock: Clock;
  readonly #callbacks: WakeupCallbacks;
  #nearest = new TinyQueue<Wakeup>([], compare);
  /** All times up to here are in memory; null: none were read yet; "all": there are no others. */
  #readUpTo: Wakeup | null | "all" = null;
  #reading = false;
  #pumping = false;
  #again = false;
  #underWay = 0;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(store: WorkflowStore, clock: Clock, host: WakeupCallbacks) {
    this.#store = store;
    this.#clock = clock;
    this.#callbacks = host;
  }

  /** Whether workflows are due that have not been woken yet. */
  get busy(): boolean {
    return this.#pumping || this.#underWay > 0;
  }

  start(): void {
    void this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  add(wakeup: Wakeup): void {
    const known = this.#readUpTo;
    // A read of a page may miss the time that is added meanwhile; a time that comes twice does no harm.
    if (known === "all" || this.#reading || (known !== null && compare(wakeup, known) <= 0)) {
      this.#nearest.push(wakeup);
      this.#leaveSomeToTheStore();
      if (this.#nearest.peek() === wakeup) {
        void this.#pump();
      }
    }
  }

  #leaveSomeToTheStore(): void {
    if (this.#nearest.length <= maxInMemory || this.#reading) {
      return;
    }
    const kept = this.#nearest.data.toSorted(compare).slice(0, maxInMemory / 2);
    this.#nearest = new TinyQueue(kept, compare);
    this.#readUpTo = kept.at(-1) ?? "all";
  }

  async #pump(): Promise<void> {
    if (this.#pumping || this.#stopped) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    try {
      // The caller that adds a time has yet to wait for it, so it must not come before that.
      await Promise.resolve();
      do {
        this.#again = false;
        await this.#wakeDue();
      } while (this.#again);
    } catch (error) {
      if (!this.#stopped) {
        this.#callbacks.failed(error);
        this.#cancelTimer = this.#clock.setTimer(
          this.#clock.now() + retryMs,
          () => void this.#pump(),
        );
      }
    } finally {
      this.#pumping = false;
      this.#callbacks.rested();
    }
  }

  async #wakeDue(): Promise<void> {
    this.#cancelTimer?.();
    for (;;) {
      if (this.#nearest.length === 0 && this.#readUpTo !== "all") {
        await this.#read();
      }
      const next = this.#nearest.peek();
      if (this.#stopped || next === undefined) {
        return;
      }
      if (next.wakeAt > this.#clock.now()) {
        this.#cancelTimer = this.#clock.setTimer(next.wakeAt, () => void this.#pump());
        return;
      }
      this.#nearest.pop();
      const woken = this.#wake(next);
      if (this.#underWay >= maxAtOnce) {
        await woken;
      }
    }
  }

  async #wake(wakeup: Wakeup): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#callbacks.wake(wakeup);
    } catch (error) {
      if (!this.#stopped) {
        this.#callbacks.failed(error);
        this.#nearest.push({ id: wakeup.id, wakeAt: this.#clock.now() + retryMs });
        void this.#pump();
      }
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) {
        this.#callbacks.rested();
      }
    }
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      await this.#callbacks.flush();
      const after = this.#readUpTo === "all" ? null : this.#readUpTo;
      const page = await this.#store.wakeups(after, pageSize);
      for (const wakeup of page) {
        this.#nearest.push(wakeup);
      }
      this.#readUpTo = page.length < pageSize ? "all" : (page.at(-1) ?? "all");
    } finally {
      this.#reading = false;
    }
  }
}

function compare(a: Wakeup, b: Wakeup): number {
  return a.wakeAt - b.wakeAt || a.id - b.id;
}
