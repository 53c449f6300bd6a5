import type { LogLevel } from "../../abi/host-call.ts";
import { log } from "./host.ts";
import { library } from "./load-library.ts";

/** `console.*` as lines of the workflow's log. */
export const console: Readonly<Record<string, (...values: readonly unknown[]) => void>> = {
  log: logAt("Info"),
  info: logAt("Info"),
  warn: logAt("Warn"),
  error: logAt("Error"),
  debug: logAt("Debug"),
  trace: logAt("Trace"),
  assert: (condition: unknown, ...values: readonly unknown[]) => {
    if (!condition) log("Error", ["Assertion failed", ...values].map(textOf).join(" "));
  },
};

function logAt(level: LogLevel): (...values: readonly unknown[]) => void {
  return (...values) => log(level, values.map(textOf).join(" "));
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return library().describeError(value);
  if (typeof value === "function") return `[Function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value, jsonValue);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map || value instanceof Set) return [...value];
  return value instanceof Error ? library().describeError(value) : value;
}
