import type {
  ScheduleBackfill,
  ScheduleDescription,
  SchedulePage,
  ScheduleStart,
} from "@flawless-ts/sdk";
import type {
  CallScope,
  ScheduleChanges,
  SchedulePageRequest,
  ScheduleRange,
  ScheduleRequest,
  SchedulesConnection,
  ScheduleTrigger,
} from "@flawless-ts/sdk/internal";
import type { Engine } from "@flawless-ts/server/internal";

type Ask = <Value>(
  question: (schedules: Engine["schedules"]) => Promise<Value>,
  scope: CallScope,
) => Promise<Value>;

/** The schedules of an engine in this process. */
export class InProcessSchedules implements SchedulesConnection {
  readonly #ask: Ask;
  readonly #change: Ask;

  /**
   * @param ask asks the engine
   * @param change asks the engine, and waits until everything that it triggers has settled
   */
  constructor(ask: Ask, change: Ask) {
    this.#ask = ask;
    this.#change = change;
  }

  create(name: string, request: ScheduleRequest, scope: CallScope): Promise<ScheduleDescription> {
    return this.#change((schedules) => schedules.create(name, request), scope);
  }

  list(request: SchedulePageRequest, scope: CallScope): Promise<SchedulePage> {
    return this.#ask((schedules) => schedules.list(request), scope);
  }

  describe(
    name: string,
    times: number | undefined,
    scope: CallScope,
  ): Promise<ScheduleDescription> {
    return this.#ask((schedules) => schedules.describe(name, { times }), scope);
  }

  update(name: string, changes: ScheduleChanges, scope: CallScope): Promise<ScheduleDescription> {
    return this.#change((schedules) => schedules.update(name, changes), scope);
  }

  pause(name: string, scope: CallScope): Promise<ScheduleDescription> {
    return this.#change((schedules) => schedules.pause(name), scope);
  }

  resume(name: string, scope: CallScope): Promise<ScheduleDescription> {
    return this.#change((schedules) => schedules.resume(name), scope);
  }

  trigger(name: string, trigger: ScheduleTrigger, scope: CallScope): Promise<ScheduleStart> {
    return this.#change((schedules) => schedules.trigger(name, trigger), scope);
  }

  backfill(name: string, range: ScheduleRange, scope: CallScope): Promise<ScheduleBackfill> {
    return this.#change((schedules) => schedules.backfill(name, range), scope);
  }

  delete(name: string, scope: CallScope): Promise<void> {
    return this.#change((schedules) => schedules.delete(name), scope);
  }
}
