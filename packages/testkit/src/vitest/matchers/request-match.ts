import { parseJson } from "@flawless-ts/sdk";
import type { TestRequest } from "../../environment/http-reply.ts";
import type { RequestExpectation } from "./request-expectation.ts";

/** Compares two values as `toEqual` does. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

/** The fields of a request that can be expected. */
export type RequestField = "method" | "url" | "body";

/** How a request compares with the expectation. */
export interface RequestMatch {
  readonly request: TestRequest;
  /** The fields that differ; empty if the request matches. */
  readonly different: readonly RequestField[];
  /** What was expected of the request and what came instead, for a diff. */
  readonly expected: Readonly<Record<string, unknown>>;
  readonly actual: Readonly<Record<string, unknown>>;
}

export function matchRequest(
  request: TestRequest,
  expectation: RequestExpectation,
  equals: Equals,
): RequestMatch {
  const different: RequestField[] = [];
  const expected: Record<string, unknown> = {};
  const actual: Record<string, unknown> = {};
  const compare = (field: RequestField, matches: boolean, value: unknown): void => {
    expected[field] = expectation[field];
    // A field that matches must not show up as a difference, whichever pattern matched it.
    actual[field] = matches ? expectation[field] : value;
    if (!matches) {
      different.push(field);
    }
  };
  const { method, url, body } = expectation;
  if (method !== undefined) {
    compare("method", method.toUpperCase() === request.method.toUpperCase(), request.method);
  }
  if (url !== undefined) {
    compare("url", urlMatches(request.url, url), request.url);
  }
  if (body !== undefined) {
    const value = readBody(request, body);
    compare("body", bodyMatches(value, body, equals), value);
  }
  return { request, different, expected, actual };
}

function urlMatches(url: string, expected: string | RegExp): boolean {
  if (expected instanceof RegExp) {
    return contains(url, expected);
  }
  // A URL with a query or a port may parse as a different pattern than intended, or as none.
  return url === expected || (URL.canParse(url) && patternOf(expected)?.test(url) === true);
}

function patternOf(text: string): URLPattern | undefined {
  try {
    return new URLPattern(text);
  } catch {
    return undefined;
  }
}

/** The body in the form that was expected; text if it is not JSON. */
function readBody({ body, text }: TestRequest, expected: unknown): unknown {
  if (expected instanceof Uint8Array) {
    return new Uint8Array(body);
  }
  if (typeof expected === "string" || expected instanceof RegExp) {
    return text;
  }
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function bodyMatches(body: unknown, expected: unknown, equals: Equals): boolean {
  if (expected instanceof RegExp) {
    return contains(String(body), expected);
  }
  return expected instanceof Uint8Array
    ? Buffer.from(expected).equals(body as Uint8Array)
    : equals(body, expected);
}

/** Unlike `test`, always searches from the start, whatever the pattern's flags. */
function contains(text: string, pattern: RegExp): boolean {
  return text.search(pattern) >= 0;
}
