import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal";

/** How an activity is expected to have been run; omitted fields match anything. */
export interface ActivityExpectation {
  /** What the workflow passed, compared as `toEqual` does. */
  readonly input?: unknown;
  /** The number of calls by workflows that were run, however many attempts each took. Default: one or more. */
  readonly times?: number;
  /** The total number of attempts of these calls. */
  readonly attempts?: number;
}

const names = optionNames<ActivityExpectation>({ input: true, times: true, attempts: true });

/** @throws InvalidOptionError */
export function checkActivityExpectation(name: string, expectation: ActivityExpectation): void {
  if (typeof name !== "string" || name === "") {
    throw new InvalidOptionError("name", `expected an activity's name, but got ${String(name)}.`);
  }
  refuseUnknownOptions(expectation, names);
  const { attempts, times } = expectation;
  for (const [option, count] of Object.entries({ times, attempts })) {
    if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
      throw new InvalidOptionError(
        option,
        `expected a whole number from 0 on, but got ${String(count)}.`,
      );
    }
  }
}
