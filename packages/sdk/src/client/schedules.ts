import type { FlawlessConnection } from "../connection/connection.ts";
import { onceLoaded } from "../connection/once-loaded.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  SchedulePage,
  ScheduleStart,
} from "../connection/schedule-types.ts";
import type { CallOptions } from "../http/call-scope.ts";
import type {
  SchedulePageOptions,
  DescribeScheduleOptions,
  TriggerScheduleOptions,
  BackfillScheduleOptions,
  ScheduleCalls,
} from "./schedule-calls.ts";
import type { ScheduleDefinition, ScheduleSettings } from "./schedule-definition.ts";

/**
 * The schedules of a server: `flawless.schedules`. Each starts a workflow when its times come, exactly once for each of them.
 *
 * ```ts
 * await flawless.schedules.create({
 *   name: "nightly-report",
 *   cron: "0 2 * * *",
 *   timeZone: "Europe/Berlin",
 *   workflow: "reports/daily",
 * });
 * ```
 *
 * All methods throw {@link NotSupportedByServerError} from the original server, and {@link FlawlessError} for errors that any
 * call may throw.
 */
export class Schedules {
  readonly #calls: ScheduleCalls;

  /** @internal */
  constructor(connection: FlawlessConnection) {
    this.#calls = onceLoaded(async () => {
      const { ScheduleCalls } = await import("../rare.ts");
      return new ScheduleCalls(connection);
    });
  }

  /**
   * Makes a schedule. The same one may be made again, which changes nothing.
   *
   * @throws {InvalidOptionError} when an option does not exist or makes no sense.
   * @throws {ConflictError} when there is another one of its name.
   * @throws {NotFoundError} when there is nothing now that it could start.
   * @throws {InvalidRequestError} when the server can make no times of it.
   */
  async create(
    definition: ScheduleDefinition,
    options: CallOptions = {},
  ): Promise<ScheduleDescription> {
    return await this.#calls.create(definition, options);
  }

  /**
   * Lists one page of schedules, by name.
   *
   * @throws {InvalidOptionError} when `limit` is no whole number above 0.
   */
  async page(options: SchedulePageOptions = {}): Promise<SchedulePage> {
    return await this.#calls.page(options);
  }

  /**
   * Lists all schedules by name, page after page, each asked for when the one before is used up.
   *
   * @param options its `limit` is the page's size, its `timeoutMs` the time for each page.
   * @throws as `page` does, while iterating.
   */
  async *list(
    options: Omit<SchedulePageOptions, "cursor"> = {},
  ): AsyncGenerator<ScheduleInfo, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: SchedulePage = await this.page({ ...options, cursor });
      yield* page.schedules;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /**
   * Tells all of a schedule: its next times, and what became of the last ones.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async describe(
    name: string,
    options: DescribeScheduleOptions = {},
  ): Promise<ScheduleDescription> {
    return await this.#calls.describe(name, options);
  }

  /**
   * Changes what is named; all else stays. Times that have passed are not due by the new definition.
   *
   * @throws {InvalidOptionError} when an option does not exist or makes no sense.
   * @throws {NotFoundError} when there is none of that name, or nothing that it could start.
   * @throws {InvalidRequestError} when the server can make no times of it.
   */
  async update(
    name: string,
    changes: Partial<ScheduleSettings>,
    options: CallOptions = {},
  ): Promise<ScheduleDescription> {
    return await this.#calls.update(name, changes, options);
  }

  /**
   * Nothing is started any more until it is resumed, and what waits for an earlier start to end is given up.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async pause(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await this.#calls.pause(name, options);
  }

  /**
   * Goes on with the next time. Those of the pause are over.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async resume(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await this.#calls.resume(name, options);
  }

  /**
   * Starts its workflow now, also in a pause.
   *
   * @returns what became of it: where an earlier start still runs, it may have been skipped, or wait.
   * @throws {NotFoundError} when there is none of that name.
   */
  async trigger(name: string, options: TriggerScheduleOptions = {}): Promise<ScheduleStart> {
    return await this.#calls.trigger(name, options);
  }

  /**
   * Starts its workflow for each time of a range that had no start, side by side, whatever `overlap` says. It may be repeated.
   *
   * @throws {NotFoundError} when there is none of that name, or nothing that it could start.
   * @throws {InvalidRequestError} when the range is not one of the past, or has more than 1,000 times.
   */
  async backfill(name: string, options: BackfillScheduleOptions): Promise<ScheduleBackfill> {
    return await this.#calls.backfill(name, options);
  }

  /**
   * Deletes a schedule. What it started goes on.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    return await this.#calls.delete(name, options);
  }
}
