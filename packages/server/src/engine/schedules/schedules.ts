import type {
  ScheduleBackfill,
  ScheduleDescription,
  SchedulePage,
  ScheduleStart,
} from "@flawless-ts/sdk";
import type {
  ScheduleChanges,
  SchedulePageRequest,
  ScheduleRange,
  ScheduleRequest,
  ScheduleTrigger,
} from "@flawless-ts/sdk/internal";
import { EngineError } from "../../errors.ts";
import { assertStartable } from "../commands/index.ts";
import { withRange } from "./done-times.ts";
import { KeptSchedule } from "./kept-schedule.ts";
import { toScheduleDescription, toScheduleStart } from "./schedule-info.ts";
import { isScheduleName, keyOfTime, keyOfTrigger } from "../schedule-key.ts";
import {
  changedSpec,
  isSameSpec,
  refused,
  type ScheduleSpec,
  specOf,
  timeOf,
  timesOf,
} from "./schedule-spec.ts";
import { type Decision, freshState, type Occasion } from "./schedule-state.ts";
import { readSchedulePage } from "./schedule-page.ts";
import { ScheduleWork, type ScheduleWorkParts } from "./schedule-work.ts";

/** The default number of next times in a description. */
const shownTimes = 10;
const maxShownTimes = 100;

/** The schedules of an engine, and the commands on them. */
export class Schedules {
  readonly #parts: ScheduleWorkParts;
  readonly #work: ScheduleWork;

  constructor(parts: ScheduleWorkParts) {
    this.#parts = parts;
    this.#work = new ScheduleWork(parts);
  }

  /** Continues all of them, with what came due meanwhile. */
  begin(): void {
    this.#work.begin();
  }

  stop(): void {
    this.#work.stop();
  }

  /** A workflow that was started with this key has ended, durably. */
  ended(key: string | null): void {
    this.#work.ended(key);
  }

  /** Checks whether the clock was set back, because then the next times are different. */
  watchClock(): void {
    this.#work.watchClock();
  }

  /** The number of schedules. */
  get count(): number {
    return this.#work.count;
  }

  /**
   * Creates a schedule. May be repeated with the same name and definition.
   * @throws EngineError `SCHEDULE_EXISTS`, `INVALID_REQUEST`, `LIMIT_REACHED`; `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`
   * if there is nothing now that it could start
   */
  async create(name: string, request: ScheduleRequest): Promise<ScheduleDescription> {
    const { clock, registry } = this.#parts;
    assertName(name);
    await this.#work.read();
    return this.#work.alone(name, async () => {
      const now = clock.now();
      const spec = specOf(name, request, now, registry.limits);
      const { input = "null" } = request;
      await this.#assertStartable(spec, input);
      const known = await this.#work.find(name);
      if (known !== undefined) {
        if (!isSameSpec(known.spec, spec) || known.input !== input) {
          throw new EngineError(
            "SCHEDULE_EXISTS",
            `There is another schedule ${JSON.stringify(name)} already. Update it, or give this one another name.`,
          );
        }
        return this.#describe(known, shownTimes);
      }
      this.#work.assertRoomForOneMore();
      const state = freshState([now - spec.catchUpMs - spec.jitterMs, now]);
      return this.#save(new KeptSchedule({ name, input, spec, state }));
    });
  }

  /** @throws EngineError `INVALID_REQUEST` */
  async list(request: SchedulePageRequest = {}): Promise<SchedulePage> {
    const { clock, registry } = this.#parts;
    return readSchedulePage(registry.store, request, clock.now());
  }

  /**
   * @param options the number of next times to include: up to 100. Default 10
   * @throws EngineError `SCHEDULE_NOT_FOUND`, `INVALID_REQUEST`
   */
  async describe(
    name: string,
    { times = shownTimes }: { readonly times?: number | undefined } = {},
  ): Promise<ScheduleDescription> {
    if (!Number.isInteger(times) || times < 0 || times > maxShownTimes) {
      throw refused(`Expected a number of times from 0 to ${maxShownTimes}, but got ${times}.`);
    }
    return this.#describe(await this.#work.get(name), times);
  }

  /**
   * Changes what is given. Times that have passed are not due by the new definition.
   * @throws EngineError `SCHEDULE_NOT_FOUND`, `INVALID_REQUEST`, `MODULE_NOT_FOUND`, `WORKFLOW_NOT_FOUND`
   */
  async update(name: string, changes: ScheduleChanges): Promise<ScheduleDescription> {
    const { clock, registry } = this.#parts;
    return this.#work.alone(name, async () => {
      const now = clock.now();
      const before = await this.#work.get(name);
      const { spec, hasOtherTimes } = changedSpec(name, before.spec, changes, now, registry.limits);
      const input = changes.input ?? before.input;
      await this.#assertStartable(spec, input);
      const resumed = before.isPausedAt(now) && spec.pausedAt === null;
      return this.#replace(before, spec, input, hasOtherTimes || resumed);
    });
  }

  /**
   * Starts nothing more until it is resumed. What waits for an earlier start to end is not started.
   * @throws EngineError `SCHEDULE_NOT_FOUND`
   */
  async pause(name: string): Promise<ScheduleDescription> {
    return this.#work.alone(name, async () => {
      const now = this.#parts.clock.now();
      const before = await this.#work.get(name);
      return before.isPausedAt(now)
        ? this.#describe(before, shownTimes)
        : this.#replace(
            before,
            { ...before.spec, pausedAt: now, updatedAt: now },
            before.input,
            false,
          );
    });
  }

  /**
   * Continues with the next time. Those of the pause are not started.
   * @throws EngineError `SCHEDULE_NOT_FOUND`
   */
  async resume(name: string): Promise<ScheduleDescription> {
    return this.#work.alone(name, async () => {
      const now = this.#parts.clock.now();
      const before = await this.#work.get(name);
      const { pausedAt } = before.spec;
      return pausedAt === null
        ? this.#describe(before, shownTimes)
        : this.#replace(
            before,
            { ...before.spec, pausedAt: null, updatedAt: now },
            before.input,
            true,
          );
    });
  }

  /**
   * Starts its workflow now, even if it is paused.
   * @returns the outcome: by `overlap`, it may have been skipped, or wait
   * @throws EngineError `SCHEDULE_NOT_FOUND`, `LIMIT_REACHED`
   */
  async trigger(name: string, { key, overlap }: ScheduleTrigger): Promise<ScheduleStart> {
    const { clock } = this.#parts;
    return this.#work.alone(name, async () => {
      const schedule = await this.#work.get(name);
      const at = clock.now();
      const occasion = { at, kind: "trigger", key: keyOfTrigger(name, key) } as const;
      const decision =
        (await this.#decidedBefore(schedule, occasion)) ??
        (await this.#work.starts.decide(schedule, occasion, overlap));
      await this.#work.save(schedule);
      return toScheduleStart({
        at,
        kind: "trigger",
        decidedAt: at,
        outcome: decision.outcome,
        workflow: decision.outcome === "started" ? decision.workflow : null,
        error: decision.outcome === "failed" ? decision.error : null,
      });
    });
  }

  /**
   * Starts its workflow for each time of a range that has had no start yet, side by side. It may be repeated.
   * @throws EngineError `SCHEDULE_NOT_FOUND`, `LIMIT_REACHED`; `INVALID_REQUEST` if the range is not in the past, or
   * has more times than one request may start
   */
  async backfill(name: string, range: ScheduleRange): Promise<ScheduleBackfill> {
    const from = timeOf("from", range.from) ?? 0;
    const to = timeOf("to", range.to) ?? 0;
    return this.#work.alone(name, async () => {
      const schedule = await this.#work.get(name);
      const times = this.#timesToFill(schedule, from, to);
      let started = 0;
      for (const at of times) {
        const occasion = { at, kind: "backfill", key: keyOfTime(name, at) } as const;
        const decision = await this.#work.starts.start(schedule, occasion);
        throwFailure(decision);
        started += decision.outcome === "started" && decision.isNew ? 1 : 0;
      }
      return { started, startedBefore: times.length - started };
    });
  }

  /**
   * Deletes a schedule. What it started continues.
   * @throws EngineError `SCHEDULE_NOT_FOUND`
   */
  async delete(name: string): Promise<void> {
    await this.#work.alone(name, async () => {
      await this.#work.get(name);
      await this.#work.forget(name);
    });
  }

  /** The outcome of the same request, if it is repeated. */
  async #decidedBefore({ state }: KeptSchedule, { key }: Occasion): Promise<Decision | undefined> {
    if (state.waiting?.key === key) {
      return { outcome: "waiting" };
    }
    const known = await this.#parts.registry.store.workflowByIdempotencyKey(key);
    return known && { outcome: "started", workflow: known.id, isTracked: true, isNew: false };
  }

  #timesToFill({ name, spec }: KeptSchedule, from: number, to: number): readonly number[] {
    const { clock, registry } = this.#parts;
    const { backfilledTimes } = registry.limits;
    if (from > to || to > clock.now()) {
      throw refused("Expected a range of times that have passed, from an earlier to a later one.");
    }
    // A pause does not matter: a request for its times wants them.
    const times = timesOf(name, { ...spec, pausedAt: null });
    const found: number[] = [];
    for (let at = times.next(from - 1); at !== undefined && at <= to; at = times.next(at)) {
      if (found.length === backfilledTimes) {
        throw refused(
          `The range has more than ${backfilledTimes} times, which is what the limit backfilledTimes allows in one request. Ask for a part of it.`,
        );
      }
      found.push(at);
    }
    return found;
  }

  /** @param isOver whether everything that has passed counts as decided */
  async #replace(
    before: KeptSchedule,
    spec: ScheduleSpec,
    input: string,
    isOver: boolean,
  ): Promise<ScheduleDescription> {
    const { name, state } = before;
    const now = this.#parts.clock.now();
    const times = timesOf(name, spec);
    const from = now - spec.catchUpMs - spec.jitterMs;
    const done = isOver ? withRange(times, state.done, [from, now]) : state.done;
    const schedule = new KeptSchedule({ name, input, spec, state: { ...state, done } });
    if (schedule.isPausedAt(now)) {
      this.#work.starts.skipWaiting(schedule);
    }
    return this.#save(schedule);
  }

  async #save(schedule: KeptSchedule): Promise<ScheduleDescription> {
    await this.#work.save(schedule);
    this.#work.lookSoon(schedule.name);
    return this.#describe(schedule, shownTimes);
  }

  async #describe(schedule: KeptSchedule, count: number): Promise<ScheduleDescription> {
    const running = await this.#work.starts.running(schedule);
    return toScheduleDescription(schedule, this.#parts.clock.now(), running, count);
  }

  async #assertStartable(
    { module, version, workflow }: ScheduleSpec,
    input: string,
  ): Promise<void> {
    const { modules, othersDeploy, registry } = this.#parts;
    if (othersDeploy) {
      await modules.load();
    }
    const request = { module, version: version ?? modules.newest(module).version, workflow, input };
    assertStartable(modules, registry.limits, request);
  }
}

function assertName(name: string): void {
  if (!isScheduleName(name)) {
    throw refused(
      `Expected a name of 1 to 100 letters, digits, dots, hyphens and underscores, of which the first is a letter or a digit, but got ${JSON.stringify(name.slice(0, 100))}.`,
    );
  }
}

function throwFailure(decision: Decision): void {
  if (decision.outcome === "failed") {
    const { code, message } = decision.error;
    throw new EngineError(code as EngineError["code"], message);
  }
}
