import { InvalidOptionError } from "@flawless-ts/wasm-module";

/** A request as a test expects it; omitted fields match anything. */
export interface RequestExpectation {
  /** Such as "POST", in upper or lower case. */
  readonly method?: string;
  /** The whole URL, a pattern like those of `http` routes ("https://shop.example/orders/:id"), or a RegExp. */
  readonly url?: string | RegExp;
  /**
   * Text or bytes are compared with the whole body, and a RegExp is searched for in its text. Anything else is compared
   * with the body parsed as JSON, as `toEqual` does.
   */
  readonly body?: unknown;
  /** The number of such requests. Default: one or more. */
  readonly times?: number;
}

const names: ReadonlySet<string> = new Set(["method", "url", "body", "times"]);

/** @throws InvalidOptionError */
export function checkRequestExpectation(expectation: RequestExpectation): void {
  const unknownName = Object.keys(expectation).find((name) => !names.has(name));
  if (unknownName !== undefined) {
    throw new InvalidOptionError(
      unknownName,
      `toHaveRequested takes only ${[...names].join(", ")}. For the rest look into env.requests.`,
    );
  }
  const { method, url, times } = expectation;
  if (method !== undefined && typeof method !== "string") {
    throw new InvalidOptionError("method", `expected text, but got ${String(method)}.`);
  }
  if (url !== undefined && typeof url !== "string" && !(url instanceof RegExp)) {
    throw new InvalidOptionError("url", `expected text or a RegExp, but got ${String(url)}.`);
  }
  if (times !== undefined && !(Number.isInteger(times) && times >= 0)) {
    throw new InvalidOptionError(
      "times",
      `expected a whole number from 0 on, but got ${String(times)}.`,
    );
  }
}
