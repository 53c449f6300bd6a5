import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { FlawlessConnection } from "../connection/connection.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleOverlap,
  SchedulePage,
  ScheduleStart,
} from "../connection/schedule-types.ts";
import type { CallOptions } from "../http/call-scope.ts";
import { atLeast, checkedText } from "../options/checks.ts";
import { inCall } from "./in-call.ts";
import { checkKey } from "./idempotency-key.ts";
import {
  timeOf,
  toScheduleChanges,
  toScheduleRequest,
  type ScheduleDefinition,
  type ScheduleSettings,
} from "./schedule-definition.ts";

/** Options of `Schedules.page`. */
export interface SchedulePageOptions extends CallOptions {
  /** The page size, up to 1,000. Default 100. */
  readonly limit?: number | undefined;
  /** The `cursor` of the previous page. Default: the first page. */
  readonly cursor?: string | undefined;
}

/** Options of `Schedules.describe`. */
export interface DescribeScheduleOptions extends CallOptions {
  /** How many of its next times to return, up to 100. Default 10. */
  readonly times?: number | undefined;
}

/** Options of `Schedules.trigger`. */
export interface TriggerScheduleOptions extends CallOptions {
  /** Replaces the schedule's own. */
  readonly overlap?: ScheduleOverlap | undefined;
  /** Another call with the same key is the same start. 1 to 255 visible ASCII characters. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
}

/** Which times to start again. */
export interface BackfillScheduleOptions extends CallOptions {
  /** The first time, inclusive. */
  readonly from: Date | string;
  /** The last time, inclusive. It must be in the past. */
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

/** The methods of `Schedules`, which documents them. */
export class ScheduleCalls {
  readonly #connection: FlawlessConnection;

  constructor(connection: FlawlessConnection) {
    this.#connection = connection;
  }

  async create(
    definition: ScheduleDefinition,
    options: CallOptions = {},
  ): Promise<ScheduleDescription> {
    const { name, request } = toScheduleRequest(definition);
    return await inCall(this.#connection, ["Making a schedule", options], (scope) =>
      this.#connection.schedules.create(nameOf(name), request, scope),
    );
  }

  async page(options: SchedulePageOptions = {}): Promise<SchedulePage> {
    refuseUnknownOptions(options, pageNames);
    const { limit, cursor, ...call } = options;
    if (limit !== undefined) atLeast(1, "limit", limit);
    return await inCall(this.#connection, ["Listing schedules", call], (scope) =>
      this.#connection.schedules.list({ limit, cursor }, scope),
    );
  }

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

  async update(
    name: string,
    changes: Partial<ScheduleSettings>,
    options: CallOptions = {},
  ): Promise<ScheduleDescription> {
    const request = toScheduleChanges(changes);
    return await inCall(this.#connection, ["Changing a schedule", options], (scope) =>
      this.#connection.schedules.update(nameOf(name), request, scope),
    );
  }

  async pause(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await inCall(this.#connection, ["Pausing a schedule", options], (scope) =>
      this.#connection.schedules.pause(nameOf(name), scope),
    );
  }

  async resume(name: string, options: CallOptions = {}): Promise<ScheduleDescription> {
    return await inCall(this.#connection, ["Resuming a schedule", options], (scope) =>
      this.#connection.schedules.resume(nameOf(name), scope),
    );
  }

  async trigger(name: string, options: TriggerScheduleOptions = {}): Promise<ScheduleStart> {
    refuseUnknownOptions(options, triggerNames);
    const { overlap, idempotencyKey: key = crypto.randomUUID(), ...call } = options;
    checkKey(key);
    return await inCall(this.#connection, ["Starting a schedule's workflow", call], (scope) =>
      this.#connection.schedules.trigger(nameOf(name), { key, overlap }, scope),
    );
  }

  async backfill(name: string, options: BackfillScheduleOptions): Promise<ScheduleBackfill> {
    refuseUnknownOptions(options, backfillNames);
    const { from, to, ...call } = options;
    const range = { from: timeOf("from", from) ?? "", to: timeOf("to", to) ?? "" };
    return await inCall(this.#connection, ["Starting times of a schedule again", call], (scope) =>
      this.#connection.schedules.backfill(nameOf(name), range, scope),
    );
  }

  async delete(name: string, options: CallOptions = {}): Promise<void> {
    return await inCall(this.#connection, ["Deleting a schedule", options], (scope) =>
      this.#connection.schedules.delete(nameOf(name), scope),
    );
  }
}

function nameOf(name: string): string {
  return checkedText("name", name);
}
