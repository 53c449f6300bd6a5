import type { ActivityExpectation } from "./activity-expectation.ts";
import type { RequestExpectation } from "./request-expectation.ts";

/** `expect(run).toRespondWith(value)`, for a run whose response has a known type: of that type. */
export interface ResponseMatcher<Value> {
  /**
   * Waits for the workflow's response and compares it as `toEqual` does; asymmetric matchers work.
   * A workflow that ends without a response fails the test, after `.not` too.
   *
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` where nothing will ever wake the workflow
   */
  (expected: Value): Promise<void>;
}

/** `expect(run).toComplete()` */
export interface CompletionMatcher {
  /**
   * Waits for the workflow's end, which must be neither a failure nor a cancellation.
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` where nothing will ever wake the workflow
   */
  (): Promise<void>;
}

/** `expect(run).toFailWith(expected)` */
export interface FailureMatcher {
  /**
   * Waits for the workflow's end, which must be a failure.
   *
   * @param expected the failure's code such as "PANIC", a part of its message, or a pattern for that
   * @throws TestkitError `FLAWLESS_TESTKIT_DEADLOCK` where nothing will ever wake the workflow
   * @throws InvalidOptionError for an empty text, which every message holds
   */
  (expected: string | RegExp): Promise<void>;
}

/** `expect(env).toHaveRequested(request)` */
export interface RequestMatcher {
  /**
   * Whether the workflows' requests that arrived so far include this one. It does not wait: await a
   * response, an end or `env.settle()` first.
   *
   * @throws InvalidOptionError where there is no such thing to expect
   */
  (expected?: RequestExpectation): void;
}

/** `expect(env).toHaveRunActivity("charge", { times: 1 })` */
export interface ActivityMatcher {
  /**
   * Whether the environment ran this activity so far, for such a call of a workflow. Retries are attempts of one call. It does
   * not wait: await a response, an end or `env.settle()` first.
   *
   * @throws InvalidOptionError where there is no such thing to expect
   */
  (name: string, expected?: ActivityExpectation): void;
}

/** What is in a test's hands after `module.start()`. */
interface Run<Value> {
  response(): Promise<Value>;
  completion(): Promise<unknown>;
}

/** The testkit's matchers for a value of type `Received`; those that do not fit it can't be called. */
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
