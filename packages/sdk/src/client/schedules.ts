import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import type { FlawlessConnection } from "../connection/connection.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  ScheduleOverlap,
  SchedulePage,
  ScheduleStart,
} from "../connection/schedule-types.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { atLeast, checkedText } from "../options.ts";
import { inCall } from "./in-call.ts";
import { checkKey } from "./idempotency-key.ts";
import type { ScheduleDefinition, ScheduleSettings } from "./schedule-definition.ts";

/** Options of `Schedules.page`. */
export interface SchedulePageOptions extends CallOptions {
  /** How many on one page, up to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** The `cursor` of the page before. Default: the first page. */
  readonly cursor?: string | undefined;
}

/** Options of `Schedules.describe`. */
export interface DescribeScheduleOptions extends CallOptions {
  /** How many of its next times are told, up to 100. Default 10. */
  readonly times?: number | undefined;
}

/** Options of `Schedules.trigger`. */
export interface TriggerScheduleOptions extends CallOptions {
  /** In place of the schedule's own. */
  readonly overlap?: ScheduleOverlap | undefined;
  /** Another call with the same key is the same start. 1 to 255 visible ASCII characters. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
}

/** Which times to start again. */
export interface BackfillScheduleOptions extends CallOptions {
  /** The first one that counts. */
  readonly from: Date | string;
  /** The last one that counts: it has to have passed. */
  readonly to: Date | string;
}

const callNames = { signal: true, timeoutMs: true } as const;
const pageNames = optionNames<SchedulePageOptions>({ ...callNames, limit: true, cursor: true });
const describeNames = optionNames<DescribeScheduleOptions>({ ...callNames, times: true });
const triggerNames = optionNames<TriggerScheduleOptions>({
  ...callNames,
  overlap: true,
  idempotencyKey: true,
});
const backfillNames = optionNames<BackfillScheduleOptions>({ ...callNames, from: true, to: true });

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
  readonly #connection: FlawlessConnection;

  /** @internal */
  constructor(connection: FlawlessConnection) {
    this.#connection = connection;
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
    const { toScheduleRequest } = await definitions();
    const { name, request } = toScheduleRequest(definition);
    return await inCall(this.#connection, ["Making a schedule", options], (scope) =>
      this.#connection.schedules.create(nameOf(name), request, scope),
    );
  }

  /**
   * Lists one page of schedules, by name.
   *
   * @throws {InvalidOptionError} when `limit` is no whole number above 0.
   */
  async page(options: SchedulePageOptions = {}): Promise<SchedulePage> {
    refuseUnknownOptions(options, pageNames);
    const { limit, cursor, ...call } = options;
    if (limit !== undefined) atLeast(1, "limit", limit);
    return await inCall(this.#connection, ["Listing schedules", call], (scope) =>
      this.#connection.schedules.list({ limit, cursor }, scope),
    );
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
    refuseUnknownOptions(options, describeNames);
    const { times, ...call } = options;
    if (times !== undefined) atLeast(0, "times", times);
    return await inCall(this.#connection, ["Looking at a schedule", call], (scope) =>
      this.#connection.schedules.describe(nameOf(name), times, scope),
    );
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
    const { toScheduleChanges } = await definitions();
    const request = toScheduleChanges(changes);
    return await inCall(this.#connection, ["Changing a schedule", options], (scope) =>
      this.#connection.schedules.update(nameOf(name), request, scope),
    );
  }

  /**
   * Nothing is started any more until it is resumed, and what waits for an earlier start to end is given up.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async pause(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await inCall(this.#connection, ["Pausing a schedule", options], (scope) =>
      this.#connection.schedules.pause(nameOf(name), scope),
    );
  }

  /**
   * Goes on with the next time. Those of the pause are over.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async resume(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await inCall(this.#connection, ["Resuming a schedule", options], (scope) =>
      this.#connection.schedules.resume(nameOf(name), scope),
    );
  }

  /**
   * Starts its workflow now, also in a pause.
   *
   * @returns what became of it: where an earlier start still runs, it may have been skipped, or wait.
   * @throws {NotFoundError} when there is none of that name.
   */
  async trigger(name: string, options: TriggerScheduleOptions = {}): Promise<ScheduleStart> {
    refuseUnknownOptions(options, triggerNames);
    const { overlap, idempotencyKey: key = crypto.randomUUID(), ...call } = options;
    checkKey(key);
    return await inCall(this.#connection, ["Starting a schedule's workflow", call], (scope) =>
      this.#connection.schedules.trigger(nameOf(name), { key, overlap }, scope),
    );
  }

  /**
   * Starts its workflow for each time of a range that had no start, side by side, whatever `overlap` says. It may be repeated.
   *
   * @throws {NotFoundError} when there is none of that name, or nothing that it could start.
   * @throws {InvalidRequestError} when the range is not one of the past, or has more than 1,000 times.
   */
  async backfill(name: string, options: BackfillScheduleOptions): Promise<ScheduleBackfill> {
    refuseUnknownOptions(options, backfillNames);
    const { from, to, ...call } = options;
    const { timeOf } = await definitions();
    const range = { from: timeOf("from", from) ?? "", to: timeOf("to", to) ?? "" };
    return await inCall(this.#connection, ["Starting times of a schedule again", call], (scope) =>
      this.#connection.schedules.backfill(nameOf(name), range, scope),
    );
  }

  /**
   * Deletes a schedule. What it started goes on.
   *
   * @throws {NotFoundError} when there is none of that name.
   */
  async delete(name: string, options: CallOptions = {}): Promise<void> {
    return await inCall(this.#connection, ["Deleting a schedule", options], (scope) =>
      this.#connection.schedules.delete(nameOf(name), scope),
    );
  }
}

function nameOf(name: string): string {
  return checkedText("name", name);
}

/** Loaded when a schedule is written. */
function definitions(): Promise<typeof import("./schedule-definition.ts")> {
  return import("./schedule-definition.ts");
}
