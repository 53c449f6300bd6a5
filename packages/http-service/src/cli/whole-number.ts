import { InvalidArgumentError } from "commander";

/** Parses an option that is a whole number from `min` to `max`, written with digits only: `1e3` is none. */
export function wholeNumber(min: number, max: number = Infinity): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}
