import { InvalidOptionError } from "@flawless-ts/wasm-module";

/**
 * Converts milliseconds to the seconds that nodes and workers take.
 *
 * @throws InvalidOptionError if they are not whole seconds, or more than a day
 */
export function wholeSeconds(option: string, milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > 86_400) {
    throw new InvalidOptionError(
      option,
      `expected whole seconds, in milliseconds, from 1000 to 86400000, but got ${String(milliseconds)}.`,
    );
  }
  return String(seconds);
}
