import { inspect } from "node:util";
import { FlawlessError } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import * as errors from "./index.ts";
import { refusalFromAnswer } from "./refusal-from-answer.ts";
import type { Refusal } from "./refusals.ts";

const refusal: Refusal = {
  url: "http://flawless.test/api",
  status: 200,
  serverCode: null,
  serverMessage: "because",
  workflowId: "wkf_1",
};
const answer = { url: refusal.url, status: 200, bodyStart: "<html>" };

const all: readonly (readonly [FlawlessError, string, { is(value: unknown): boolean }])[] = [
  [
    new errors.InvalidOptionError("url", "bad"),
    "FLAWLESS_INVALID_OPTION",
    errors.InvalidOptionError,
  ],
  [new errors.ModuleFileError("empty", null), "FLAWLESS_MODULE_FILE", errors.ModuleFileError],
  [new errors.NotJsonError("$", "a function"), "FLAWLESS_NOT_JSON", errors.NotJsonError],
  [new errors.ClientClosedError(), "FLAWLESS_CLIENT_CLOSED", errors.ClientClosedError],
  [
    new errors.FlawlessConnectionError("no", { url: refusal.url, maybeSent: false, attempts: 1 }),
    "FLAWLESS_CONNECTION_FAILED",
    errors.FlawlessConnectionError,
  ],
  [
    new errors.FlawlessTimeoutError("It", 5, "Wait."),
    "FLAWLESS_TIMEOUT",
    errors.FlawlessTimeoutError,
  ],
  [
    new errors.FlawlessAbortedError("It", "reason"),
    "FLAWLESS_ABORTED",
    errors.FlawlessAbortedError,
  ],
  [
    new errors.UnexpectedAnswerError("odd", answer),
    "FLAWLESS_UNEXPECTED_ANSWER",
    errors.UnexpectedAnswerError,
  ],
  [
    new errors.AnswerTooLargeError(refusal.url, 5),
    "FLAWLESS_ANSWER_TOO_LARGE",
    errors.AnswerTooLargeError,
  ],
  [
    new errors.NotSupportedByServerError("cancelling", refusal.url, "1.0.0"),
    "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
    errors.NotSupportedByServerError,
  ],
  [new errors.ServerRefusedError(refusal), "FLAWLESS_SERVER_REFUSED", errors.ServerRefusedError],
  [new errors.UnauthorizedError(refusal), "FLAWLESS_UNAUTHORIZED", errors.UnauthorizedError],
  [new errors.NotFoundError(refusal), "FLAWLESS_NOT_FOUND", errors.NotFoundError],
  [
    new errors.UpdateRejectedError("wkf_1", "add", { name: "SoldOut", message: "no" }),
    "FLAWLESS_UPDATE_REJECTED",
    errors.UpdateRejectedError,
  ],
  [new errors.ConflictError(refusal), "FLAWLESS_CONFLICT", errors.ConflictError],
  [new errors.InvalidRequestError(refusal), "FLAWLESS_INVALID_REQUEST", errors.InvalidRequestError],
  [
    new errors.ServerUnavailableError(refusal),
    "FLAWLESS_SERVER_UNAVAILABLE",
    errors.ServerUnavailableError,
  ],
  [new errors.ModuleRefusedError(refusal), "FLAWLESS_MODULE_REFUSED", errors.ModuleRefusedError],
  [new errors.WorkflowFailedError(refusal), "FLAWLESS_WORKFLOW_FAILED", errors.WorkflowFailedError],
  [
    new errors.WorkflowCancelledError(refusal),
    "FLAWLESS_WORKFLOW_CANCELLED",
    errors.WorkflowCancelledError,
  ],
];

test("no public error is missing above", () => {
  const concrete = Object.keys(errors).filter((name) => name !== "RefusedError");
  expect(all.map(([error]) => error._tag).toSorted()).toEqual(concrete.toSorted());
});

test.each(all)("%s has a stable code and knows its own", (error, code, errorClass) => {
  expect(error.code).toBe(code);
  expect(FlawlessError.is(error)).toBe(true);
  expect(all.filter(([other]) => errorClass.is(other))).toHaveLength(1);
  expect(errorClass.is(error)).toBe(true);
  expect(errorClass.is({ _tag: error._tag, code })).toBe(false);
  // As thrown, before anything has read its name.
  expect(error.stack).toContain(`${error._tag}: `);
  expect(inspect(error)).toContain(code);
});

describe("refusalFromAnswer", () => {
  test.each([
    ["UNAUTHORIZED", 401, "UnauthorizedError"],
    ["MODULE_NOT_FOUND", 404, "NotFoundError"],
    ["WORKFLOW_NOT_FOUND", 404, "NotFoundError"],
    ["ROUTE_NOT_FOUND", 404, "NotFoundError"],
    ["MODULE_CONFLICT", 409, "ConflictError"],
    ["IDEMPOTENCY_CONFLICT", 409, "ConflictError"],
    ["WORKFLOW_ENDED", 409, "ConflictError"],
    ["INVALID_REQUEST", 400, "InvalidRequestError"],
    ["BODY_TOO_LARGE", 413, "InvalidRequestError"],
    ["MODULE_REFUSED", 422, "ModuleRefusedError"],
    ["WORKFLOW_FAILED", 422, "WorkflowFailedError"],
    ["WORKFLOW_CANCELLED", 409, "WorkflowCancelledError"],
    ["LIMIT_REACHED", 429, "ServerUnavailableError"],
    ["JOURNAL_UNAVAILABLE", 503, "ServerUnavailableError"],
    ["CLOSED", 503, "ServerUnavailableError"],
    ["SOMETHING_NEW", 503, "ServerUnavailableError"],
    ["INTERNAL", 500, "ServerRefusedError"],
    ["toString", 500, "ServerRefusedError"],
  ])("%s with status %i is a %s", (serverCode, status, tag) => {
    expect(refusalFromAnswer({ ...refusal, serverCode, status })).toMatchObject({
      _tag: tag,
      serverCode,
      status,
      serverMessage: "because",
      message: expect.stringContaining("because"),
    });
  });

  test.each([200, 400, 404, 500])("without a code, the status %i says nothing", (status) => {
    expect(refusalFromAnswer({ ...refusal, status })._tag).toBe("ServerRefusedError");
  });

  test("except for 401", () => {
    expect(refusalFromAnswer({ ...refusal, status: 401 })._tag).toBe("UnauthorizedError");
  });

  test("a workflow's failure has its id", () => {
    expect(refusalFromAnswer({ ...refusal, serverCode: "WORKFLOW_FAILED" })).toMatchObject({
      workflowId: "wkf_1",
    });
  });
});
