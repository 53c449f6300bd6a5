import { InvalidOptionError } from "../invalid-option-error.ts";

/**
 * Refuses a limit that is not a whole number from 0 to `largest`.
 *
 * @throws {InvalidOptionError}
 */
export function checkLimitOption(name: string, value: number, largest: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= largest) return;
  throw new InvalidOptionError(
    name,
    `expected a whole number from 0 to ${largest}, but got ${value}.`,
  );
}
