import { ModuleError } from "./module-error.ts";

/**
 * Refuses a limit that is no whole number from 0 to `largest`.
 *
 * @throws {ModuleError} `FLAWLESS_MODULE_INVALID_OPTION`.
 */
export function checkLimitOption(name: string, value: number, largest: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return;
  throw new ModuleError(
    "FLAWLESS_MODULE_INVALID_OPTION",
    `Expected the option ${name} to be a whole number from 0 to ${largest}, but got ${value}.`,
  );
}
