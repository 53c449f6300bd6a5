import type { DurationLike } from "@flawless-ts/wasm-module";
import {
  optionNames,
  refuseUnknownOptions,
  InvalidOptionError,
} from "@flawless-ts/wasm-module/internal/client";
import { parseDuration, writeJson } from "@flawless-ts/wasm-module/internal/client-values";
import type { ScheduleChanges, ScheduleRequest } from "../connection/schedule-requests.ts";
import type { ScheduleOverlap } from "../connection/schedule-types.ts";

/** What a schedule starts, and when. */
export interface ScheduleSettings {
  /**
   * When it starts, in local time of its time zone: five fields (minute, hour, day of the month, month, day of the
   * week), six with seconds before them, or a nickname such as `@daily`. Either this or `every`.
   */
  readonly cron?: string | undefined;
  /** The time between two starts, independent of time zones, such as `"15 minutes"`. Either this or `cron`. */
  readonly every?: DurationLike | undefined;
  /** For `cron`: an IANA time zone name, such as `"Europe/Berlin"`. Default `"UTC"`. */
  readonly timeZone?: string | undefined;
  /** A time that `every` counts from, in both directions. Default: the Unix epoch. */
  readonly anchor?: Date | string | undefined;
  /**
   * `"MODULE/WORKFLOW"`: the version deployed last at the time of each start. `"MODULE:VERSION/WORKFLOW"`: always that
   * version.
   */
  readonly workflow: string;
  /** The input of each start. Default: none. */
  readonly input?: unknown;
  /** What to do if an earlier start is still running. Default `"skip"`. */
  readonly overlap?: ScheduleOverlap | undefined;
  /** How late a missed time may still be started: 10 seconds to 366 days. Default: one day. */
  readonly catchUp?: DurationLike | undefined;
  /**
   * Delays each start by up to this long, always by the same amount for the same time. At most the time between two
   * starts, and at most a day. Default 0.
   */
  readonly jitter?: DurationLike | undefined;
  /** Since when it is paused: nothing starts until it is resumed. `null`: not paused. Default `null`. */
  readonly pausedAt?: Date | string | null | undefined;
  /** Nothing starts after this time; `null`: no end. Default `null`. */
  readonly endsAt?: Date | string | null | undefined;
}

/** A new schedule. */
export interface ScheduleDefinition extends ScheduleSettings {
  /** 1 to 100 letters, digits, dots, hyphens and underscores, starting with a letter or digit. */
  readonly name: string;
}

const settingNames = {
  cron: true,
  every: true,
  timeZone: true,
  anchor: true,
  workflow: true,
  input: true,
  overlap: true,
  catchUp: true,
  jitter: true,
  pausedAt: true,
  endsAt: true,
} as const;
const definitionNames = optionNames<ScheduleDefinition>({ ...settingNames, name: true });
const changeNames = optionNames<ScheduleSettings>(settingNames);

/** @throws {InvalidOptionError} */
export function toScheduleRequest(definition: ScheduleDefinition): {
  readonly name: string;
  readonly request: ScheduleRequest;
} {
  refuseUnknownOptions(definition, definitionNames);
  const { name, ...settings } = definition;
  return { name, request: { ...requestOf(settings), ...workflowOf(settings.workflow) } };
}

/** @throws {InvalidOptionError} */
export function toScheduleChanges(changes: Partial<ScheduleSettings>): ScheduleChanges {
  refuseUnknownOptions(changes, changeNames);
  const { workflow } = changes;
  return { ...requestOf(changes), ...(workflow === undefined ? {} : workflowOf(workflow)) };
}

function requestOf(
  settings: Partial<ScheduleSettings>,
): Omit<ScheduleRequest, "module" | "version" | "workflow"> {
  const { cron, timeZone, overlap, input } = settings;
  return {
    cron,
    timeZone,
    overlap,
    everyMs: durationOf("every", settings.every),
    anchor: timeOf("anchor", settings.anchor) ?? undefined,
    catchUpMs: durationOf("catchUp", settings.catchUp),
    jitterMs: durationOf("jitter", settings.jitter),
    pausedAt: timeOf("pausedAt", settings.pausedAt),
    endsAt: timeOf("endsAt", settings.endsAt),
    input: input === undefined ? undefined : writeJson(input, "The input of the schedule"),
  };
}

function workflowOf(text: string): {
  readonly module: string;
  readonly version: string | null;
  readonly workflow: string;
} {
  const [, module, version = null, workflow] =
    (typeof text === "string" ? /^([^:]+?)(?::([^:/]+))?\/([^/:]+)$/.exec(text) : null) ?? [];
  if (module === undefined || workflow === undefined) {
    throw new InvalidOptionError(
      "workflow",
      `expected "MODULE/WORKFLOW" or "MODULE:VERSION/WORKFLOW", such as "orders/checkout", but got ${JSON.stringify(text)}.`,
    );
  }
  return { module, version, workflow };
}

function durationOf(option: string, duration: DurationLike | undefined): number | undefined {
  if (duration === undefined) {
    return undefined;
  }
  try {
    return Math.round(parseDuration(duration));
  } catch (cause) {
    throw new InvalidOptionError(option, `${(cause as Error).message}.`, { cause });
  }
}

/** ISO 8601. */
export function timeOf(
  option: string,
  time: Date | string | null | undefined,
): string | null | undefined {
  if (time === undefined || time === null) {
    return time;
  }
  const milliseconds = time instanceof Date ? time.getTime() : Date.parse(time);
  if (Number.isNaN(milliseconds)) {
    throw new InvalidOptionError(
      option,
      `expected a Date, or text such as "2026-01-02T03:04:05Z", but got ${time instanceof Date ? "an invalid Date" : JSON.stringify(time)}.`,
    );
  }
  return new Date(milliseconds).toISOString();
}
