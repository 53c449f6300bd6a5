import { writeJson } from "@flawless-ts/wasm-module";
import type { ActivityFailureReport } from "../connection/activity-types.ts";

const maxMessageCharacters = 16 * 1024;
const maxStackCharacters = 32 * 1024;
const maxCauses = 10;

/** The report of something that an activity threw. */
export function failureReport(thrown: unknown, causes: number = maxCauses): ActivityFailureReport {
  if (!(thrown instanceof Error)) {
    const message = typeof thrown === "string" ? thrown : describe(thrown);
    return {
      name: "Error",
      message: cut(message, maxMessageCharacters),
      stack: null,
      details: jsonOrNull(thrown),
      nonRetryable: memberOf(thrown, "nonRetryable") === true,
      cause: null,
    };
  }
  const { cause } = thrown;
  return {
    name: nameOf(thrown),
    message: cut(String(thrown.message), maxMessageCharacters),
    stack: typeof thrown.stack === "string" ? cut(thrown.stack, maxStackCharacters) : null,
    details: jsonOrNull(memberOf(thrown, "details")),
    nonRetryable: memberOf(thrown, "nonRetryable") === true,
    cause:
      cause === undefined || cause === null || causes === 0
        ? null
        : failureReport(cause, causes - 1),
  };
}

/** Many error classes inherit their name. */
function nameOf(error: Error): string {
  const { name } = error;
  const ofClass = error.constructor.name;
  return (name === "Error" && ofClass !== "" ? ofClass : name) || "Error";
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function jsonOrNull(value: unknown): string | null {
  if (value === undefined) return null;
  try {
    return writeJson(value);
  } catch {
    return null;
  }
}

function describe(value: unknown): string {
  return jsonOrNull(value) ?? String(value);
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : text.slice(0, characters).toWellFormed();
}
