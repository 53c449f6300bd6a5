import type { FlawlessConnection } from "../connection/connection.ts";
import { onceLoaded } from "../connection/once-loaded.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  SchedulePage,
  ScheduleStart,
} from "../connection/schedule-types.ts";
import { loadRare } from "../load-rare.ts";
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
 * The schedules of a server: `flawless.schedules`. Each schedule starts a workflow at set times, exactly once for each.
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
 * All methods throw {@link NotSupportedByServerError} from the original server, and {@link FlawlessError} for errors
 * any call may throw.
 */
export class Schedules {
  readonly #calls: ScheduleCalls;

  /** @internal */
  constructor(connection: FlawlessConnection) {
    this.#calls = onceLoaded(async () => {
      const { ScheduleCalls } = await loadRare();
      return new ScheduleCalls(connection);
    });
  }

  /**
   * Creates a schedule. Creating the same one again changes nothing.
   *
   * @throws {InvalidOptionError} for an unknown or invalid option.
   * @throws {ConflictError} when another schedule has its name.
   * @throws {NotFoundError} when the workflow it is to start doesn't exist.
   * @throws {InvalidRequestError} when the server can't compute its times.
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
   * @throws {InvalidOptionError} when `limit` is not a positive integer.
   */
  async page(options: SchedulePageOptions = {}): Promise<SchedulePage> {
    return await this.#calls.page(options);
  }

  /**
   * Lists all schedules by name, page by page; each page is fetched when the one before is used up.
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
   * Gets everything about a schedule: its next times, and the outcome of the last ones.
   *
   * @throws {NotFoundError} when there is no such schedule.
   */
  async describe(
    name: string,
    options: DescribeScheduleOptions = {},
  ): Promise<ScheduleDescription> {
    return await this.#calls.describe(name, options);
  }

  /**
   * Changes the given settings; the rest stays. Past times are not due under the new definition.
   *
   * @throws {InvalidOptionError} for an unknown or invalid option.
   * @throws {NotFoundError} when there is no such schedule, or the workflow it is to start doesn't exist.
   * @throws {InvalidRequestError} when the server can't compute its times.
   */
  async update(
    name: string,
    changes: Partial<ScheduleSettings>,
    options: CallOptions = {},
  ): Promise<ScheduleDescription> {
    return await this.#calls.update(name, changes, options);
  }

  /**
   * Starts nothing until the schedule is resumed. A start that waits for an earlier one to end is dropped.
   *
   * @throws {NotFoundError} when there is no such schedule.
   */
  async pause(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await this.#calls.pause(name, options);
  }

  /**
   * Continues with the next time. Times during the pause are skipped.
   *
   * @throws {NotFoundError} when there is no such schedule.
   */
  async resume(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await this.#calls.resume(name, options);
  }

  /**
   * Starts its workflow now, even while paused.
   *
   * @returns the outcome: if an earlier start still runs, it may have been skipped, or it may wait.
   * @throws {NotFoundError} when there is no such schedule.
   */
  async trigger(name: string, options: TriggerScheduleOptions = {}): Promise<ScheduleStart> {
    return await this.#calls.trigger(name, options);
  }

  /**
   * Starts its workflow for each time in a range that had no start, concurrently, whatever `overlap` says. Repeating it
   * is harmless.
   *
   * @throws {NotFoundError} when there is no such schedule, or the workflow it is to start doesn't exist.
   * @throws {InvalidRequestError} when the range is not in the past, or has more than 1,000 times.
   */
  async backfill(name: string, options: BackfillScheduleOptions): Promise<ScheduleBackfill> {
    return await this.#calls.backfill(name, options);
  }

  /**
   * Deletes a schedule. Workflows it started keep running.
   *
   * @throws {NotFoundError} when there is no such schedule.
   */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    return await this.#calls.delete(name, options);
  }
}
