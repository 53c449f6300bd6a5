export type {
  CompletionMatcher,
  FailureMatcher,
  FlawlessMatchers,
  RequestMatcher,
  ResponseMatcher,
} from "./matchers/matcher-types.ts";
export type { RequestExpectation } from "./matchers/request-match.ts";
export { test, type FlawlessFixtures } from "./test.ts";
