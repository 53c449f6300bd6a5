import { defineActivities, InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";
import { checkActivityFault } from "../activities/activity-fault.ts";
import type { TestEnvironmentOptions } from "./test-environment-options.ts";

const environmentOptionNames = optionNames<TestEnvironmentOptions>({
  startTime: true,
  seed: true,
  secrets: true,
  http: true,
  activities: true,
  network: true,
  autoSkip: true,
  alwaysReplay: true,
  faults: true,
  stubs: true,
  limits: true,
  observers: true,
});

const faultNames = optionNames<NonNullable<TestEnvironmentOptions["faults"]>>({
  requests: true,
  activities: true,
  store: true,
  crash: true,
});

const defaultStartTime = Date.UTC(2026, 0, 1);
const maxTime = 8_640_000_000_000_000;

/** @throws InvalidOptionError if an option is unknown, or two contradict each other */
export function checkOptions(options: TestEnvironmentOptions): void {
  refuseUnknownOptions(options, environmentOptionNames);
  refuseUnknownOptions(options.faults ?? {}, faultNames, "faults");
  defineActivities(options.activities ?? {});
  for (const [index, fault] of (options.faults?.activities ?? []).entries()) {
    checkActivityFault(fault, `faults.activities.${index}`);
  }
  const { seed = 1, autoSkip = true, alwaysReplay = false, limits } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new InvalidOptionError("seed", `expected a whole number, but got ${String(seed)}.`);
  }
  for (const [name, value] of Object.entries({ autoSkip, alwaysReplay })) {
    if (typeof value !== "boolean") {
      throw new InvalidOptionError(name, `expected true or false, but got ${String(value)}.`);
    }
  }
  if (alwaysReplay && limits?.idleGuestMs !== undefined) {
    throw new InvalidOptionError(
      "alwaysReplay",
      "it sets limits.idleGuestMs to 0: give one of them, not both.",
    );
  }
}

/**
 * @returns milliseconds since the Unix epoch
 * @throws InvalidOptionError
 */
export function toStartTime(given: TestEnvironmentOptions["startTime"]): number {
  const time = new Date(given ?? defaultStartTime).getTime();
  // The ABI gives workflows the time since 1970 as an unsigned number.
  if (!(time >= 0 && time <= maxTime)) {
    const text = given instanceof Date && Number.isNaN(time) ? "an invalid Date" : String(given);
    throw new InvalidOptionError(
      "startTime",
      `expected a Date, ISO 8601 text or milliseconds, from 1970-01-01T00:00:00Z on, but got ${text}.`,
    );
  }
  return time;
}
