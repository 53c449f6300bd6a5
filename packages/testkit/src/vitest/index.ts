import "@flawless-ts/wasm-module/internal/needs-node-24";
export type { ActivityExpectation } from "./matchers/activity-expectation.ts";
export type {
  ActivityMatcher,
  CompletionMatcher,
  FailureMatcher,
  FlawlessMatchers,
  RequestMatcher,
  ResponseMatcher,
} from "./matchers/matcher-types.ts";
export type { RequestExpectation } from "./matchers/request-expectation.ts";
export { test, type FlawlessFixtures } from "./test.ts";
