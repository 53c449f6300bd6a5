import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

/** JavaScript's timers fire immediately for longer delays (about 24.8 days). */
const maxTimer = 2 ** 31 - 1;

/** @throws {InvalidOptionError} unless it is a number of milliseconds above 0 that a timer can count, or `Infinity`. */
export function checkedTimeout(timeoutMs: number, option: string = "timeoutMs"): number {
  const fits =
    typeof timeoutMs === "number" &&
    timeoutMs > 0 &&
    (timeoutMs <= maxTimer || timeoutMs === Infinity);
  if (fits) return timeoutMs;
  throw new InvalidOptionError(
    option,
    `expected milliseconds above 0 and up to ${maxTimer}, or Infinity, but got ${show(timeoutMs)}.`,
  );
}

/** @throws {InvalidOptionError} unless it is a non-empty string. */
export function checkedText(option: string, text: string): string {
  if (typeof text === "string" && text !== "") return text;
  throw new InvalidOptionError(option, `expected text that is not empty, but got ${show(text)}.`);
}

/** @throws {InvalidOptionError} unless it is an integer of at least `minimum`. */
export function atLeast(minimum: number, option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw new InvalidOptionError(
    option,
    `expected a whole number of at least ${minimum}, but got ${show(value)}.`,
  );
}

/** A value in an error's message. */
export function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value);
}
