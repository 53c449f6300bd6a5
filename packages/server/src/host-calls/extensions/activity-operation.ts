import { writeJson } from "@flawless-ts/wasm-module";
import type { SentPolicy, SentRetry, SentTimeouts } from "@flawless-ts/wasm-module/internal";
import { ExtensionError } from "./extension-answer.ts";
import { flag, type Members, membersOf, show, whole } from "./request-members.ts";

/** An activity that a guest wants to run. */
export interface ActivityOperation {
  readonly queue: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly policy: SentPolicy;
}

const maxNameCharacters = 200;
const maxErrorNames = 100;

/** @throws ExtensionError that names the first invalid member */
export function activityOperation(body: unknown): ActivityOperation {
  const { atMostOnce, input, kind, name, queue, retry, timeouts } = membersOf(body, "The body");
  if (kind !== "activity") {
    throw ExtensionError.invalid(`Expected the kind "activity", but got ${show(kind)}.`);
  }
  return {
    queue: named("queue", queue),
    name: named("name", name),
    input: writeJson(input ?? null),
    policy: {
      ...(retry === undefined ? {} : { retry: readRetry(membersOf(retry, "retry")) }),
      ...(timeouts === undefined
        ? {}
        : { timeouts: readTimeouts(membersOf(timeouts, "timeouts")) }),
      ...(atMostOnce === undefined ? {} : { atMostOnce: flag("atMostOnce", atMostOnce) }),
    },
  };
}

function readRetry(retry: Members): SentRetry {
  const { attempts, factor, initialDelayMs, maxDelayMs, nonRetryable } = retry;
  return {
    ...(attempts === undefined ? {} : { attempts: whole("retry.attempts", attempts, 1) }),
    ...(initialDelayMs === undefined
      ? {}
      : { initialDelayMs: whole("retry.initialDelayMs", initialDelayMs, 0) }),
    ...(factor === undefined ? {} : { factor: factorOf(factor) }),
    ...(maxDelayMs === undefined ? {} : { maxDelayMs: whole("retry.maxDelayMs", maxDelayMs, 0) }),
    ...(nonRetryable === undefined ? {} : { nonRetryable: names(nonRetryable) }),
  };
}

const timeoutNames = [
  "scheduleToStartMs",
  "startToCloseMs",
  "scheduleToCloseMs",
  "heartbeatMs",
] as const satisfies readonly (keyof SentTimeouts)[];

function readTimeouts(timeouts: Members): SentTimeouts {
  const given = timeoutNames
    .filter((name) => timeouts[name] !== undefined)
    .map((name) => [name, whole(`timeouts.${name}`, timeouts[name], 1)] as const);
  return Object.fromEntries(given);
}

function named(member: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && value.length <= maxNameCharacters) {
    return value;
  }
  throw ExtensionError.invalid(
    `${member}: expected text of 1 to ${maxNameCharacters} characters, but got ${show(value)}.`,
  );
}

function factorOf(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 1) {
    return value;
  }
  throw ExtensionError.invalid(
    `retry.factor: expected a number from 1 on, but got ${show(value)}.`,
  );
}

function names(value: unknown): readonly string[] {
  const areNames =
    Array.isArray(value) &&
    value.length <= maxErrorNames &&
    value.every((name) => typeof name === "string" && name.length <= maxNameCharacters);
  if (areNames) {
    return value as readonly string[];
  }
  throw ExtensionError.invalid(
    `retry.nonRetryable: expected up to ${maxErrorNames} names of errors, but got ${show(value)}.`,
  );
}
