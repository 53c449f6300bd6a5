import type { MatcherState, SyncMatcherResult } from "vitest";
import type { TestRequest } from "../../environment/http-reply.ts";
import { onOneLine } from "@flawless-ts/server/internal";
import { requestsOf } from "./received.ts";
import { checkRequestExpectation, type RequestExpectation } from "./request-expectation.ts";
import { matchRequest, type RequestMatch } from "./request-match.ts";

const maxRequests = 20;
const maxBodyLength = 200;

/** @see RequestMatcher */
export function toHaveRequested(
  this: MatcherState,
  received: unknown,
  expectation: RequestExpectation = {},
): SyncMatcherResult {
  const requests = requestsOf(received);
  checkRequestExpectation(expectation);
  const testers = [...this.customTesters, this.utils.iterableEquality];
  const matches = requests.map((request) =>
    matchRequest(request, expectation, (a, b) => this.equals(a, b, testers)),
  );
  const count = matches.filter(({ different }) => different.length === 0).length;
  const { times } = expectation;
  const pass = times === undefined ? count > 0 : count === times;
  const closest = pass ? undefined : closestOf(matches);
  return {
    pass,
    message: () => message(expectation, matches, count, this),
    // A diff says more than the list only if a request almost matches.
    ...(closest === undefined ? {} : { actual: closest.actual, expected: closest.expected }),
  };
}

/** Undefined if there is none, or if only the number of requests is wrong. */
function closestOf(matches: readonly RequestMatch[]): RequestMatch | undefined {
  const [closest] = matches.toSorted((a, b) => a.different.length - b.different.length);
  return closest === undefined || closest.different.length === 0 ? undefined : closest;
}

function message(
  expectation: RequestExpectation,
  matches: readonly RequestMatch[],
  count: number,
  { isNot, utils }: MatcherState,
): string {
  const { method, url, body, times } = expectation;
  const what = [
    method?.toUpperCase() ?? (url === undefined ? "any request" : "a request to"),
    url === undefined ? "" : String(url),
    body === undefined
      ? ""
      : `with the body ${onOneLine(utils.stringify(body, undefined, { min: true }), maxBodyLength)}`,
  ];
  const howOften = times === undefined ? "" : ` ${timesText(times)}`;
  const found =
    matches.length === 0
      ? "there was no request"
      : `${count} of ${requestsText(matches.length)} ${count === 1 ? "matches" : "match"}`;
  const head = `expected ${what.filter((part) => part !== "").join(" ")} ${isNot ? "not " : ""}to have been requested${howOften}, but ${found}`;
  const lines = matches.slice(0, maxRequests).map(line);
  const rest = matches.length - lines.length;
  return [
    matches.length === 0 ? head : `${head}:`,
    ...lines,
    ...(rest === 0 ? [] : [`  … and ${requestsText(rest)} more`]),
  ].join("\n");
}

function line({ request, different }: RequestMatch): string {
  const verdict = different.length === 0 ? "matches" : `other ${different.join(", ")}`;
  return `  ${request.number}. ${requestText(request)}  (${verdict})`;
}

function requestText({ method, url, text }: TestRequest): string {
  return onOneLine(`${method} ${url}${text === "" ? "" : ` ${text}`}`, maxBodyLength);
}

function requestsText(count: number): string {
  return count === 1 ? "1 request" : `${count} requests`;
}

function timesText(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}
