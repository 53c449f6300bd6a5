import type { ScheduleRequest } from "@flawless-ts/sdk/internal";
import type { Schedules } from "../engine/schedules/index.ts";
import { type CrashPoint, CrashingStore } from "./crash-sweep.ts";
import type { StoreSetup } from "./store-contract/test-store.ts";
import { TestEngine, type TestEngineOptions } from "./test-engine.ts";

/** An engine with the schedule `s` that crashes and is reopened while its time continues. */
export class ScheduleWorld implements AsyncDisposable {
  engine: TestEngine;
  /** How often it crashed. */
  crashes = 0;
  #crash: Promise<void> | undefined;
  #gone = Promise.withResolvers<void>();
  readonly #setup: StoreSetup;
  readonly #options: TestEngineOptions;

  /** @param point where the engine crashes for the first time; null: no crash */
  static async open(
    setup: StoreSetup,
    point: CrashPoint | null,
    options: TestEngineOptions = {},
  ): Promise<ScheduleWorld> {
    const crash = { now: (): void => undefined };
    const engine = await TestEngine.open({
      ...options,
      openStore: () => setup.open(),
      wrapStore: (store) =>
        point === null ? store : new CrashingStore(store, point, () => crash.now()),
    });
    const world = new ScheduleWorld(engine, setup, options);
    crash.now = () => world.#crashed();
    return world;
  }

  private constructor(engine: TestEngine, setup: StoreSetup, options: TestEngineOptions) {
    this.engine = engine;
    this.#setup = setup;
    this.#options = options;
  }

  get now(): number {
    return this.engine.clock.now();
  }

  /** Asks the engine; if it crashes meanwhile, reopens it and asks again. */
  async ask<Result>(question: (schedules: Schedules) => Promise<Result>): Promise<Result> {
    for (;;) {
      const gone = this.#gone.promise.then(() => undefined);
      const asked = question(this.engine.engine.schedules).then((result) => ({ result }));
      asked.catch(() => undefined);
      const answer = await Promise.race([asked, gone]).catch((error: unknown) => {
        if (this.#crash === undefined) {
          throw error;
        }
        return undefined;
      });
      if (answer !== undefined) {
        return answer.result;
      }
      await this.#goOn();
    }
  }

  async create(request: ScheduleRequest): Promise<void> {
    await this.ask((schedules) => schedules.create("s", request));
  }

  /** Advances time, from timer to timer; reopens the engine if it crashes. */
  async pass(milliseconds: number): Promise<void> {
    const target = this.now + milliseconds;
    for (;;) {
      await this.rest();
      const { clock } = this.engine;
      const next = clock.next;
      if (next === undefined || next > target) {
        clock.set(Math.max(target, this.now));
        await this.rest();
        return;
      }
      clock.advance(Math.max(0, next - this.now));
    }
  }

  /** Sets the clock, like a person. */
  async setClock(time: number): Promise<void> {
    const { clock, engine } = this.engine;
    clock.set(time);
    // Real timers notice within seconds that the clock was set forward.
    clock.advance(0);
    engine.schedules.watchClock();
    await this.rest();
  }

  /** Crashes when idle, and stays down for a while. */
  async crash(standstillMs: number): Promise<void> {
    await this.rest();
    this.#crashed();
    this.engine.clock.set(this.now + standstillMs);
    await this.#goOn();
    await this.rest();
  }

  /** Resolves when nothing happens any more without time passing. */
  async rest(): Promise<void> {
    do {
      await Promise.race([this.engine.engine.whenIdle(), this.#gone.promise]);
    } while (await this.#goOn());
  }

  /** The keys of all starts, without their common prefix. */
  async starts(): Promise<readonly string[]> {
    const found = await this.engine.store.list({ limit: 100_000 });
    return found
      .toReversed()
      .map(({ idempotencyKey }) => String(idempotencyKey).replace("flawless:schedule/s/", ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    await this.#setup.cleanUp();
  }

  #crashed(): void {
    this.crashes += 1;
    this.#crash = this.engine.engine.kill();
    this.#gone.resolve();
  }

  /** @returns whether it had crashed */
  async #goOn(): Promise<boolean> {
    if (this.#crash === undefined) {
      return false;
    }
    await this.#crash;
    this.#crash = undefined;
    this.#gone = Promise.withResolvers();
    this.engine = await this.engine.restart({
      ...this.#options,
      openStore: () => this.#setup.reopen(),
      wrapStore: (store) => store,
    });
    return true;
  }
}
