import type { Effect, Stream } from "effect";
import type { ScheduleDefinition, ScheduleSettings } from "../client/schedule-definition.ts";
import type {
  BackfillScheduleOptions,
  DescribeScheduleOptions,
  SchedulePageOptions,
  TriggerScheduleOptions,
} from "../client/schedule-calls.ts";
import type { Schedules } from "../client/schedules.ts";
import type {
  ScheduleBackfill,
  ScheduleDescription,
  ScheduleInfo,
  SchedulePage,
  ScheduleStart,
} from "../connection/schedule-types.ts";
import { attempt, attemptStream, type EffectCallOptions } from "./attempt.ts";
import type { ExtraRequestError } from "./client-errors.ts";

/** The schedules of a server: `Schedules` with effects. */
export class EffectSchedules {
  readonly #schedules: Schedules;

  /** @internal */
  constructor(schedules: Schedules) {
    this.#schedules = schedules;
  }

  /** Creates a schedule. Creating the same one again changes nothing. */
  create(
    definition: ScheduleDefinition,
    options?: EffectCallOptions,
  ): Effect.Effect<ScheduleDescription, ExtraRequestError> {
    return attempt("Flawless.schedules.create", (signal) =>
      this.#schedules.create(definition, { ...options, signal }),
    );
  }

  /** Lists one page of schedules, by name. */
  page(
    options?: Omit<SchedulePageOptions, "signal">,
  ): Effect.Effect<SchedulePage, ExtraRequestError> {
    return attempt("Flawless.schedules.page", (signal) =>
      this.#schedules.page({ ...options, signal }),
    );
  }

  /** All schedules by name, page by page; each page is fetched when the one before is used up. */
  list(
    options?: Omit<SchedulePageOptions, "cursor" | "signal">,
  ): Stream.Stream<ScheduleInfo, ExtraRequestError> {
    return attemptStream((signal) => this.#schedules.list({ ...options, signal }));
  }

  /** Gets everything about a schedule: its next times, and the outcome of the last ones. */
  describe(
    name: string,
    options?: Omit<DescribeScheduleOptions, "signal">,
  ): Effect.Effect<ScheduleDescription, ExtraRequestError> {
    return attempt("Flawless.schedules.describe", (signal) =>
      this.#schedules.describe(name, { ...options, signal }),
    );
  }

  /** Changes the given settings; the rest stays. Past times are not due under the new definition. */
  update(
    name: string,
    changes: Partial<ScheduleSettings>,
    options?: EffectCallOptions,
  ): Effect.Effect<ScheduleDescription, ExtraRequestError> {
    return attempt("Flawless.schedules.update", (signal) =>
      this.#schedules.update(name, changes, { ...options, signal }),
    );
  }

  /** Starts nothing until the schedule is resumed. A start that waits for an earlier one to end is dropped. */
  pause(
    name: string,
    options?: EffectCallOptions,
  ): Effect.Effect<ScheduleDescription, ExtraRequestError> {
    return attempt("Flawless.schedules.pause", (signal) =>
      this.#schedules.pause(name, { ...options, signal }),
    );
  }

  /** Continues with the next time. Times during the pause are skipped. */
  resume(
    name: string,
    options?: EffectCallOptions,
  ): Effect.Effect<ScheduleDescription, ExtraRequestError> {
    return attempt("Flawless.schedules.resume", (signal) =>
      this.#schedules.resume(name, { ...options, signal }),
    );
  }

  /** Starts its workflow now, even while paused, and returns the outcome. */
  trigger(
    name: string,
    options?: Omit<TriggerScheduleOptions, "signal">,
  ): Effect.Effect<ScheduleStart, ExtraRequestError> {
    return attempt("Flawless.schedules.trigger", (signal) =>
      this.#schedules.trigger(name, { ...options, signal }),
    );
  }

  /** Starts its workflow for each time in a range that had no start. Repeating it is harmless. */
  backfill(
    name: string,
    options: Omit<BackfillScheduleOptions, "signal">,
  ): Effect.Effect<ScheduleBackfill, ExtraRequestError> {
    return attempt("Flawless.schedules.backfill", (signal) =>
      this.#schedules.backfill(name, { ...options, signal }),
    );
  }

  /** Deletes a schedule. Workflows it started keep running. */
  delete(name: string, options?: EffectCallOptions): Effect.Effect<void, ExtraRequestError> {
    return attempt("Flawless.schedules.delete", (signal) =>
      this.#schedules.delete(name, { ...options, signal }),
    );
  }
}
