import type { Worker } from "node:worker_threads";
import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import type { WorkflowFailureCode } from "../workflow/workflow-failure.ts";
import { startThread } from "../start-thread.ts";
import type { ComputingGuest } from "./computing-time.ts";
import type { ExecutorThreadData } from "./executor-thread.ts";
import type { GuestModule } from "./guest-module.ts";
import {
  activityFields,
  countedCalls,
  type FromThread,
  type GuestOutcome,
  type GuestSettings,
  type GuestStart,
  type ToThread,
} from "./messages.ts";

/** Is called with what a guest does. After `ends` or `lost` it is no longer called. */
export interface GuestListener {
  waits(message: Extract<FromThread, { type: "waits" }>): void;
  yields(message: Extract<FromThread, { type: "yields" }>): void;
  responds(message: Extract<FromThread, { type: "responds" }>): void;
  ends(message: {
    lines: string;
    logs: Extract<FromThread, { type: "ends" }>["logs"];
    outcome: GuestOutcome;
  }): void;
  /**
   * The guest is gone with its thread and may be rebuilt from its journal. `crashed` is true for the
   * guest that was computing when the whole thread crashed.
   */
  lost(crashed: boolean): void;
}

/**
 * The max size of a thread's young generation, in MiB. V8 counts guests' memories as objects, so it would soon reserve
 * several times that, and keep it, for the few megabytes of objects that a thread has.
 */
const maxYoungGenerationSizeMb = 16;

interface RunningGuest {
  readonly listener: GuestListener;
  readonly start: GuestStart;
}

/** The engine's side of one executor thread. */
export class ExecutorThread {
  readonly #worker: Worker;
  readonly #activity: Float64Array;
  /** How many calls its guests made for the first time, in the order of `countedCalls`. Outlives the thread. */
  readonly hostCalls: Float64Array;
  readonly #guests = new ShortLivedMap<number, RunningGuest>();
  readonly #engines = new Set<number>();
  readonly #modules = new Set<string>();
  readonly #onLost: (thread: ExecutorThread) => void;
  #ready = false;
  #gone = false;

  /** @param onLost called once if the thread ends without having been told to */
  constructor(onLost: (thread: ExecutorThread) => void) {
    this.#onLost = onLost;
    const activity = new SharedArrayBuffer(activityFields.length * Float64Array.BYTES_PER_ELEMENT);
    this.#activity = new Float64Array(activity);
    const hostCalls = new SharedArrayBuffer(countedCalls.length * Float64Array.BYTES_PER_ELEMENT);
    this.hostCalls = new Float64Array(hostCalls);
    this.#worker = startThread("executor/executor-thread", {
      workerData: { activity, hostCalls } satisfies ExecutorThreadData,
      resourceLimits: { maxYoungGenerationSizeMb },
    });
    this.#worker.on("message", (message: FromThread) => this.#receive(message));
    this.#worker.on("error", () => this.#breakDown());
    this.#worker.on("exit", () => this.#breakDown());
    // After adding the listeners, because adding one would keep the process alive again.
    this.#worker.unref();
  }

  get guestCount(): number {
    return this.#guests.size;
  }

  start(
    guest: number,
    engine: number,
    settings: GuestSettings,
    module: GuestModule,
    start: GuestStart,
    listener: GuestListener,
  ): void {
    this.#guests.set(guest, { listener, start });
    if (!this.#engines.has(engine)) {
      this.#engines.add(engine);
      this.#send({ type: "configure", engine, settings });
    }
    if (!this.#modules.has(start.moduleKey)) {
      this.#modules.add(start.moduleKey);
      this.#send({ type: "module", key: start.moduleKey, module });
    }
    this.#send({ type: "start", guest, engine, start });
  }

  /** Sends a message about a guest, unless that guest is gone. */
  post(guest: number, message: ToThread): void {
    if (this.#guests.has(guest)) {
      this.#send(message);
    }
  }

  drop(guest: number): void {
    if (this.#guests.delete(guest)) {
      this.#send({ type: "drop", guest });
    }
  }

  forget(engine: number): void {
    if (this.#engines.delete(engine)) {
      this.#send({ type: "forget", engine });
    }
  }

  forgetModule(key: string, bytes: number): void {
    if (this.#modules.delete(key)) {
      this.#send({ type: "forgetModule", key, bytes });
    }
  }

  releaseIdle(): void {
    this.#send({ type: "release" });
  }

  /** The guest that is computing right now, and when it last called the host. */
  computing(): ComputingGuest | undefined {
    const guest = this.#activity[activityFields.guest] ?? 0;
    const since = this.#activity[activityFields.since] ?? 0;
    return guest === 0 || !this.#ready ? undefined : { guest, since };
  }

  /**
   * Ends the thread because of one guest that blocks it or uses too much memory.
   *
   * @returns settled once the thread has ended and its memory is released
   */
  stop(guest: number, code: WorkflowFailureCode, reason: string): Promise<void> {
    const guilty = this.#guests.get(guest);
    this.#guests.delete(guest);
    const ended = this.terminate();
    guilty?.listener.ends({
      lines: "",
      logs: [],
      outcome: {
        status: "failed",
        code,
        message: `workflow '${guilty.start.workflow}' was stopped: ${reason}`,
      },
    });
    this.loseAllBut(guest);
    return ended;
  }

  /** Tells the listeners of all other guests that their guest is gone. */
  loseAllBut(guest: number | undefined): void {
    const others = [...this.#guests].filter(([number]) => number !== guest);
    for (const [number, { listener }] of others) {
      this.drop(number);
      listener.lost(false);
    }
  }

  async terminate(): Promise<void> {
    this.#gone = true;
    await this.#worker.terminate();
  }

  #send(message: ToThread): void {
    if (!this.#gone) {
      this.#worker.postMessage(message);
    }
  }

  #receive(message: FromThread): void {
    if (message.type === "ready") {
      this.#ready = true;
      return;
    }
    const listener = this.#guests.get(message.guest)?.listener;
    if (listener === undefined) {
      return;
    }
    switch (message.type) {
      case "waits":
        listener.waits(message);
        break;
      case "yields":
        listener.yields(message);
        break;
      case "responds":
        listener.responds(message);
        break;
      case "ends":
        this.#guests.delete(message.guest);
        listener.ends(message);
        break;
    }
  }

  #breakDown(): void {
    if (this.#gone) {
      return;
    }
    this.#gone = true;
    const computing = this.#activity[activityFields.guest];
    this.#onLost(this);
    const guests = [...this.#guests];
    this.#guests.clear();
    for (const [number, { listener }] of guests) {
      listener.lost(number === computing);
    }
  }
}
