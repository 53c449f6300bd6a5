import { EngineError } from "../../errors.ts";
import type { Clock } from "../../time/clock.ts";
import { AtOnce } from "../runs/index.ts";
import { outlook, withRange } from "./done-times.ts";
import { KeptSchedule } from "./kept-schedule.ts";
import { keyOfTime, scheduleOfKey } from "../schedule-key.ts";
import { ScheduleStarts, type ScheduleStartsParts } from "./schedule-starts.ts";
import { ScheduleTimer } from "./schedule-timer.ts";

/** What {@link ScheduleWork} needs. */
export interface ScheduleWorkParts extends ScheduleStartsParts {
  readonly clock: Clock;
  failed(error: unknown): void;
}

/** The number of schedules that are read in one batch when the engine begins. */
const pageSize = 100;
/** The number that are checked at the same time. */
const maxAtOnce = 32;
/** The delay after a start that a limit refused, or a store that could not be read. */
const tryAgainMs = 5_000;
/** If a clock goes back by less, it is only being adjusted. */
const setBackMs = 1_000;
/** The number of skipped times in one transaction. */
const skippedTogether = 100;

/** Does what is due: checks each schedule when its next time comes, with one task at a time for each. */
export class ScheduleWork {
  readonly starts: ScheduleStarts;
  readonly #parts: ScheduleWorkParts;
  readonly #timer: ScheduleTimer;
  readonly #names = new Set<string>();
  /** Schedules with a start that waits for others to end. */
  readonly #waiting = new Set<string>();
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #atOnce = new AtOnce(maxAtOnce);
  #reading: Promise<void> | undefined;
  #latestTime = -Infinity;
  #stopped = false;

  constructor(parts: ScheduleWorkParts) {
    this.#parts = parts;
    this.starts = new ScheduleStarts(parts);
    this.#timer = new ScheduleTimer(parts.clock, (name) => this.lookSoon(name));
  }

  get count(): number {
    return this.#names.size;
  }

  begin(): void {
    this.#latestTime = this.#parts.clock.now();
    this.#busy(async () => this.read());
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.stop();
  }

  /** Settles once all existing schedules have been read. */
  read(): Promise<void> {
    this.#reading ??= this.#read().catch((error: unknown) => {
      this.#reading = undefined;
      const { clock } = this.#parts;
      clock.setTimer(clock.now() + tryAgainMs, () => this.#busy(async () => this.read()));
      throw error;
    });
    return this.#reading;
  }

  ended(key: string | null): void {
    const name = scheduleOfKey(key);
    // A check under way may have read the state before the end came.
    if (name !== undefined && (this.#waiting.has(name) || this.#queues.has(name))) {
      this.lookSoon(name);
    }
  }

  watchClock(): void {
    const now = this.#parts.clock.now();
    if (now < this.#latestTime - setBackMs) {
      for (const name of this.#names) {
        this.lookSoon(name);
      }
    }
    this.#latestTime = now;
  }

  /** @throws EngineError `LIMIT_REACHED` */
  assertRoomForOneMore(): void {
    const { schedules } = this.#parts.registry.limits;
    if (this.#names.size >= schedules) {
      throw new EngineError(
        "LIMIT_REACHED",
        `There are ${this.#names.size} schedules, as many as the limit schedules allows. Delete one that is not needed any more.`,
      );
    }
  }

  async find(name: string): Promise<KeptSchedule | undefined> {
    const stored = await this.#parts.registry.store.schedule(name);
    return stored === undefined ? undefined : KeptSchedule.read(stored);
  }

  /** @throws EngineError `SCHEDULE_NOT_FOUND` */
  async get(name: string): Promise<KeptSchedule> {
    const schedule = await this.find(name);
    if (schedule === undefined) {
      throw new EngineError(
        "SCHEDULE_NOT_FOUND",
        `There is no schedule ${JSON.stringify(name.slice(0, 100))}.`,
      );
    }
    return schedule;
  }

  /** Does something with a schedule while nobody else does. */
  async alone<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#queues.set(name, mine);
    const { activity } = this.#parts.registry;
    activity.change("computing", 1);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(name) === mine) {
        this.#queues.delete(name);
      }
      activity.change("computing", -1);
    }
  }

  /** Settles once it is durable. */
  async save(schedule: KeptSchedule): Promise<void> {
    this.#remember(schedule);
    if (!schedule.isSaved) {
      await this.#parts.registry.committer.commit(schedule);
    }
  }

  async forget(name: string): Promise<void> {
    await this.#parts.registry.committer.commit({
      takeWrites: () => [{ kind: "unschedule", name }],
    });
    this.#names.delete(name);
    this.#waiting.delete(name);
    this.#timer.set(name, null);
  }

  /** Checks what is due for a schedule, as soon as it is its turn. */
  lookSoon(name: string): void {
    this.#busy(() => this.#atOnce.run(() => this.alone(name, () => this.#look(name))), name);
  }

  async #read(): Promise<void> {
    const { registry } = this.#parts;
    for (let after: string | null = null; ;) {
      const page = await registry.store.schedules(after, pageSize);
      for (const stored of page) {
        this.#take(KeptSchedule.read(stored));
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize || this.#stopped) {
        return;
      }
      after = last.name;
    }
  }

  /** Takes up a schedule from before. */
  #take(schedule: KeptSchedule): void {
    const { name, spec, state, times } = schedule;
    this.#remember(schedule);
    const now = this.#parts.clock.now();
    const next = outlook(times, state.done, spec, now);
    if (next.due === null && state.waiting === null && !isBefore(now, schedule)) {
      this.#timer.set(name, next.lookAt);
    } else {
      this.lookSoon(name);
    }
  }

  async #look(name: string): Promise<void> {
    const schedule = this.#stopped ? undefined : await this.find(name);
    if (schedule === undefined) {
      return;
    }
    let lookAt: number | null;
    try {
      lookAt = await this.#decideAll(schedule);
    } catch (error) {
      if (!(error instanceof EngineError && error.code === "LIMIT_REACHED")) {
        throw error;
      }
      // The time stays due for as long as it may be started late.
      lookAt = this.#parts.clock.now() + tryAgainMs;
    }
    await this.save(schedule);
    this.#timer.set(name, lookAt);
  }

  /** @returns when there is something to decide again; null: not before something else happens */
  async #decideAll(schedule: KeptSchedule): Promise<number | null> {
    const { name, spec } = schedule;
    for (let skipped = 0; ;) {
      const now = this.#parts.clock.now();
      if (this.#stopped) {
        return null;
      }
      if (isBefore(now, schedule)) {
        // The clock was set back to before the schedule was created: it begins now.
        const { state, times } = schedule;
        const over = [now - spec.catchUpMs - spec.jitterMs, now] as const;
        schedule.change({ ...state, done: withRange(times, state.done, over) });
      }
      if (schedule.isPausedAt(now)) {
        this.starts.skipWaiting(schedule);
      } else {
        await this.starts.startWaiting(schedule);
      }
      const next = outlook(schedule.times, schedule.state.done, spec, now);
      if (next.due === null) {
        return next.lookAt;
      }
      const at = next.due;
      const key = keyOfTime(name, at);
      const { outcome } = await this.starts.decide(schedule, { at, kind: "time", key });
      skipped = outcome === "skipped" ? skipped + 1 : 0;
      if (skipped === skippedTogether) {
        await this.save(schedule);
        skipped = 0;
      }
    }
  }

  #remember({ name, state }: KeptSchedule): void {
    this.#names.add(name);
    if (state.waiting === null) {
      this.#waiting.delete(name);
    } else {
      this.#waiting.add(name);
    }
  }

  /** Meanwhile, the engine is not at rest. What fails is tried again. */
  #busy(work: () => Promise<void>, name?: string): void {
    const { activity } = this.#parts.registry;
    activity.change("computing", 1);
    work()
      .catch((error: unknown) => {
        if (!this.#stopped) {
          this.#parts.failed(error);
          if (name !== undefined) {
            this.#timer.set(name, this.#parts.clock.now() + tryAgainMs);
          }
        }
      })
      .finally(() => activity.change("computing", -1));
  }
}

function isBefore(now: number, { state }: KeptSchedule): boolean {
  return now < (state.done[0]?.[0] ?? -Infinity);
}
