import { availableParallelism } from "node:os";
import { globalTimers, type Timers } from "../time/timers.ts";
import { ComputingTime } from "./computing-time.ts";
import { CodeCollector } from "./code-collector.ts";
import { ExecutorThread, type GuestListener } from "./executor-thread-handle.ts";
import { checkExecutorOptions, type ExecutorOptions } from "./executor-options.ts";
import type { GuestModule } from "./guest-module.ts";
import { countedCalls, type CountedCall, type GuestSettings, type GuestStart } from "./messages.ts";
import { MemoryWatch } from "./memory-watch.ts";

export type { GuestListener } from "./executor-thread-handle.ts";

/** {@link ExecutorOptions}, plus options for tests. */
export interface ExecutorPoolOptions extends ExecutorOptions {
  /** Returns how many bytes of memory the process uses. Default: asks the operating system. */
  readonly usedMemory?: (() => number) | undefined;
  /** Real time, used to watch guests. Default: the globals (`setTimeout` and so on). */
  readonly timers?: Timers | undefined;
}

/** What a pool has done so far. */
export interface ExecutorStatistics {
  readonly threads: number;
  readonly hostCalls: readonly { readonly kind: CountedCall; readonly count: number }[];
}

/** One incarnation of a workflow in some thread. */
export interface GuestHandle {
  /** Delivers the answer to the call that it waits for; null lets it continue after a yield. */
  resume(answer: string | null, now: number): void;
  setCallerPresent(present: boolean): void;
  /** Forgets it. Its listener is no longer called. */
  drop(): void;
}

/** The system provides no thread now, but may later. */
export class NoThreadError extends Error {
  override readonly name: string = "NoThreadError";
}

type CreateThread = (onLost: (thread: ExecutorThread) => void) => ExecutorThread;

const watchIntervalMs = 50;
/** A check that comes later than this was held up, and so were the guests. */
const maxLookMs = 4 * watchIntervalMs;
/** Max threads reserved for single guests that compute for long; beyond that, neighbours wait. */
const maxSetAside = 16;

interface ComputingThread {
  readonly thread: ExecutorThread;
  readonly guest: number;
  readonly forMs: number;
}

/** Runs guests in worker threads, and protects them from each other. Engines may share one pool. */
export class ExecutorPool implements AsyncDisposable {
  readonly #threadCount: number;
  readonly #guestTimeLimitMs: number;
  readonly #moveNeighboursAfterMs: number;
  readonly #memory: MemoryWatch;
  readonly #threads: ExecutorThread[] = [];
  readonly #setAside = new Set<ExecutorThread>();
  readonly #computingTime = new ComputingTime<ExecutorThread>(maxLookMs);
  /** Of all threads that ever existed, including replaced ones. */
  readonly #hostCalls: Float64Array[] = [];
  readonly #createThread: CreateThread;
  readonly #timers: Timers;
  readonly #watch: NodeJS.Timeout;
  readonly #codeCollector = new CodeCollector();
  #lastGuest = 0;
  #lastEngine = 0;
  /** Threads whose guest was stopped and which have not ended yet. */
  #ending = 0;
  #refusal: unknown;
  #closed = false;

  /** @param createThread for tests */
  constructor(
    options: ExecutorPoolOptions = {},
    createThread: CreateThread = (onLost) => new ExecutorThread(onLost),
  ) {
    checkExecutorOptions(options, ["usedMemory", "timers"]);
    this.#createThread = createThread;
    this.#timers = options.timers ?? globalTimers;
    this.#threadCount = options.threads ?? Math.max(2, availableParallelism());
    this.#guestTimeLimitMs = options.guestTimeLimitMs ?? 10_000;
    this.#moveNeighboursAfterMs = options.moveNeighboursAfterMs ?? 250;
    this.#memory = new MemoryWatch(options.processMemoryBytes, options.usedMemory);
    this.#watch = this.#timers.setInterval(() => this.#look(), watchIntervalMs);
    this.#watch.unref();
  }

  /** @returns a number that identifies the engine when it starts guests */
  registerEngine(): number {
    this.#lastEngine += 1;
    return this.#lastEngine;
  }

  forgetEngine(engine: number): void {
    for (const thread of [...this.#threads, ...this.#setAside]) {
      thread.forget(engine);
    }
  }

  /** Lets threads release a compiled module of so many bytes. Running guests keep it. */
  forgetModule(key: string, bytes: number): void {
    for (const thread of [...this.#threads, ...this.#setAside]) {
      thread.forgetModule(key, bytes);
    }
    this.#codeCollector.letGo(bytes);
  }

  /**
   * Starts the threads, so that the first guest need not wait for them: without guests there are none. Threads that the
   * system refuses now are retried with the next guest.
   */
  warmUp(): void {
    try {
      while (this.#threads.length < this.#threadCount && !this.#closed) {
        this.#threads.push(this.#newThread());
      }
    } catch (error) {
      this.#refusal = error;
    }
  }

  /**
   * Starts a guest in the thread with the fewest guests.
   *
   * @throws NoThreadError if there is no thread
   */
  start(
    engine: number,
    settings: GuestSettings,
    module: GuestModule,
    start: GuestStart,
    listener: GuestListener,
  ): GuestHandle {
    if (this.#closed) {
      throw new Error("the executor pool is closed");
    }
    this.warmUp();
    let [thread] = this.#threads;
    if (thread === undefined) {
      const reason = this.#refusal instanceof Error ? `: ${this.#refusal.message}` : "";
      throw new NoThreadError(`There is no thread for a workflow${reason}`, {
        cause: this.#refusal,
      });
    }
    for (const candidate of this.#threads) {
      if (candidate.guestCount < thread.guestCount) {
        thread = candidate;
      }
    }
    this.#lastGuest += 1;
    const guest = this.#lastGuest;
    thread.start(guest, engine, settings, module, start, listener);
    return {
      resume: (answer, now) => thread.post(guest, { type: "resume", guest, answer, now }),
      setCallerPresent: (present) => thread.post(guest, { type: "caller", guest, present }),
      drop: () => thread.drop(guest),
    };
  }

  /** The number of threads, and of calls that guests made for the first time, by kind. */
  statistics(): ExecutorStatistics {
    return {
      threads: this.#threads.length + this.#setAside.size,
      hostCalls: countedCalls.map((kind, index) => ({
        kind,
        count: this.#hostCalls.reduce((sum, counts) => sum + (counts[index] ?? 0), 0),
      })),
    };
  }

  /** Whether the process has so little memory left that waiting guests should be evicted. */
  get memoryIsTight(): boolean {
    return this.#memory.isTight;
  }

  /** Releases the memory that threads keep for their next guests. */
  releaseIdle(): void {
    for (const thread of [...this.#threads, ...this.#setAside]) {
      thread.releaseIdle();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timers.clearInterval(this.#watch);
    await Promise.all([...this.#threads, ...this.#setAside].map((thread) => thread.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #newThread(): ExecutorThread {
    const thread = this.#createThread((lost) => {
      if (!this.#closed) {
        this.#replace(lost);
      }
    });
    this.#hostCalls.push(thread.hostCalls);
    return thread;
  }

  #replace(thread: ExecutorThread): void {
    this.#setAside.delete(thread);
    const index = this.#threads.indexOf(thread);
    if (index >= 0) {
      this.#threads.splice(index, 1);
      this.warmUp();
    }
  }

  #look(): void {
    this.#computingTime.look(performance.timeOrigin + this.#timers.monotonicNow());
    const computing: ComputingThread[] = [];
    for (const thread of [...this.#threads, ...this.#setAside]) {
      const busy = thread.computing();
      if (busy === undefined) {
        this.#endIfEmpty(thread);
        continue;
      }
      const { guest } = busy;
      const forMs = this.#computingTime.of(thread, busy);
      if (forMs >= this.#guestTimeLimitMs) {
        // Replaced first, so that the neighbours restart elsewhere while it is being stopped.
        this.#replace(thread);
        this.#awaitEnd(
          thread.stop(
            guest,
            "TIME_LIMIT",
            `it computed for more than ${this.#guestTimeLimitMs} ms without a host call`,
          ),
        );
      } else if (forMs >= this.#moveNeighboursAfterMs) {
        this.#setThreadAside(thread, guest);
        computing.push({ thread, guest, forMs });
      } else if (forMs >= watchIntervalMs) {
        computing.push({ thread, guest, forMs });
      }
    }
    this.#stopForMemory(computing);
  }

  /** Memory grows only while a guest computes, so the one that has computed longest is the most likely cause. */
  #stopForMemory(computing: readonly ComputingThread[]): void {
    const [longest] = computing.toSorted((a, b) => b.forMs - a.forMs);
    if (longest === undefined || this.#ending > 0 || !this.#memory.isExceeded()) {
      return;
    }
    this.#replace(longest.thread);
    this.#awaitEnd(
      longest.thread.stop(
        longest.guest,
        "MEMORY_LIMIT",
        `all guests together took more memory than the ${this.#memory.limitBytes} bytes that processMemoryBytes allows, and it was the one that had computed for longest`,
      ),
    );
  }

  /** A thread ends only after V8 has finished compiling in it; until then no other guest is blamed for its memory. */
  #awaitEnd(ended: Promise<void>): void {
    this.#ending += 1;
    const hasEnded = (): void => {
      this.#ending -= 1;
      this.#memory.settles();
    };
    ended.then(hasEnded, hasEnded);
  }

  /** The computing guest keeps the thread to itself; its neighbours are rebuilt in another one. */
  #setThreadAside(thread: ExecutorThread, guest: number): void {
    if (this.#setAside.has(thread) || this.#setAside.size >= maxSetAside) {
      return;
    }
    this.#replace(thread);
    this.#setAside.add(thread);
    thread.loseAllBut(guest);
  }

  #endIfEmpty(thread: ExecutorThread): void {
    if (this.#setAside.has(thread) && thread.guestCount === 0) {
      this.#setAside.delete(thread);
      void thread.terminate();
    }
  }
}
