import type { ActivityExpectation } from "./activity-expectation.ts";
import type { RequestExpectation } from "./request-expectation.ts";

/** `expect(run).toRespondWith(value)`. If the run's response has a known type, the value must have it too. */
export interface ResponseMatcher<Value> {
  /**
   * Waits for the workflow's response and compares it as `toEqual` does; asymmetric matchers work.
   * A workflow that ends without a response fails the test, even after `.not`.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` if nothing will ever wake the workflow
   */
  (expected: Value): Promise<void>;
}

/** `expect(run).toComplete()` */
export interface CompletionMatcher {
  /**
   * Waits for the workflow's end, which must be neither a failure nor a cancellation.
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` if nothing will ever wake the workflow
   */
  (): Promise<void>;
}

/** `expect(run).toFailWith(expected)` */
export interface FailureMatcher {
  /**
   * Waits for the workflow's end, which must be a failure.
   *
   * @param expected the failure's code such as "PANIC", part of its message, or a pattern for the message
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` if nothing will ever wake the workflow
   * @throws InvalidOptionError for an empty text, which every message contains
   */
  (expected: string | RegExp): Promise<void>;
}

/** `expect(env).toHaveRequested(request)` */
export interface RequestMatcher {
  /**
   * Whether the workflows' requests that arrived so far include this one. It doesn't wait: await a response, an end or
   * `env.settle()` first.
   *
   * @throws InvalidOptionError if the expectation is invalid
   */
  (expected?: RequestExpectation): void;
}

/** `expect(env).toHaveRunActivity("charge", { times: 1 })` */
export interface ActivityMatcher {
  /**
   * Whether the environment has run this activity for such a call of a workflow so far. Retries are attempts of one
   * call. It doesn't wait: await a response, an end or `env.settle()` first.
   *
   * @throws InvalidOptionError if the expectation is invalid
   */
  (name: string, expected?: ActivityExpectation): void;
}

/** What a test has after `module.start()`. */
interface Run<Value> {
  response(): Promise<Value>;
  completion(): Promise<unknown>;
}

/** The testkit's matchers for a value of type `Received`; those that don't fit it can't be called. */
export interface FlawlessMatchers<Received> {
  toRespondWith: Received extends Run<infer Value> ? ResponseMatcher<Value> : never;
  toComplete: Received extends Run<unknown> ? CompletionMatcher : never;
  toFailWith: Received extends Run<unknown> ? FailureMatcher : never;
  toHaveRequested: Received extends { readonly requests: readonly unknown[] }
    ? RequestMatcher
    : never;
  toHaveRunActivity: Received extends { readonly activities: readonly unknown[] }
    ? ActivityMatcher
    : never;
}

declare module "vitest" {
  // The names of the parameters must be Vitest's own.
  interface Matchers<R extends void | Promise<void>, T> extends FlawlessMatchers<T> {}
}
