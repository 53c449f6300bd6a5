import { TestkitError } from "../../errors.ts";

/** A request as a test expects it; what is left out may be anything. */
export interface RequestExpectation {
  /** Such as "POST", in upper or lower case. */
  readonly method?: string;
  /** The whole URL, a pattern as the routes of `http` have ("https://shop.example/orders/:id"), or a RegExp. */
  readonly url?: string | RegExp;
  /**
   * Text or bytes are compared with the whole body, a RegExp is searched for in its text; anything else
   * is compared with the body read as JSON, as `toEqual` does.
   */
  readonly body?: unknown;
  /** How many such requests there must be. Default: one or more. */
  readonly times?: number;
}

const names: ReadonlySet<string> = new Set(["method", "url", "body", "times"]);

/** @throws TestkitError `TESTKIT_INVALID_OPTION` */
export function checkRequestExpectation(expectation: RequestExpectation): void {
  const unknownName = Object.keys(expectation).find((name) => !names.has(name));
  if (unknownName !== undefined) {
    throw invalid(
      `only ${[...names].join(", ")}, not ${unknownName}; for the rest look into env.requests`,
    );
  }
  const { method, url, times } = expectation;
  if (method !== undefined && typeof method !== "string") {
    throw invalid(`method to be text, not ${String(method)}`);
  }
  if (url !== undefined && typeof url !== "string" && !(url instanceof RegExp)) {
    throw invalid(`url to be text or a RegExp, not ${String(url)}`);
  }
  if (times !== undefined && !(Number.isInteger(times) && times >= 0)) {
    throw invalid(`times to be a whole number from 0 on, not ${String(times)}`);
  }
}

function invalid(what: string): TestkitError {
  return new TestkitError("TESTKIT_INVALID_OPTION", `toHaveRequested takes ${what}`);
}
