import type { LogLevel } from "@flawless-ts/wasm-module";
import { log } from "./host.ts";
import { consoleMethods } from "./logging/method-names.ts";
import { isLoaded, part } from "./part-loader.ts";

/** Writes `console.*` calls to the workflow's log. None of them ever throws. */
export const console: Readonly<Record<string, (...values: readonly unknown[]) => void>> = {};

const levels: Readonly<Record<string, LogLevel>> = {
  log: "Info",
  info: "Info",
  warn: "Warn",
  error: "Error",
  debug: "Debug",
  trace: "Trace",
};
for (const [name, level] of Object.entries(levels)) {
  define(name, (...values) => {
    // Most lines are plain text, which doesn't need the part that formats values.
    if (values.every(isPlain) && !isLoaded("logging")) log(level, values.join(" "));
    else part("logging").write(level, values);
  });
}
for (const name of consoleMethods) {
  define(name, (...values) => part("logging").methods[name](...values));
}

function define(name: string, method: (...values: readonly unknown[]) => void): void {
  (console as Record<string, unknown>)[name] = method;
}

function isPlain(value: unknown): boolean {
  return typeof value === "string"
    ? !value.includes("%")
    : typeof value === "boolean" || value === null || value === undefined;
}
