import { describe, expect, test } from "vitest";
import type { HttpAnswer } from "../http/messages.ts";
import { startedId, workflowInfo } from "./answer-shapes.ts";
import { readAcknowledgement, readOk, readPlain } from "./answers.ts";
import { readVersion } from "./version-answer.ts";

function answer(
  text: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { method: "GET", url: "http://flawless.test/thing", status, headers, text };
}

const page = "<html><body>Bad gateway</body></html>";

describe("readOk", () => {
  test("returns what is in `ok`, even with a contradicting status", () => {
    expect(readOk(answer('{"ok":{"id":"wkf_1","response":"1"}}'), startedId)).toEqual({
      id: "wkf_1",
      response: "1",
    });
    expect(readOk(answer('{"ok":{"id":"wkf_1","more":true}}', 404), startedId)).toEqual({
      id: "wkf_1",
      response: null,
    });
  });

  test("throws what is in `error`, even with a contradicting status", () => {
    expect(() => readOk(answer('{"error":"no such module"}', 200), startedId)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_SERVER_REFUSED",
        serverMessage: "no such module",
        serverCode: null,
      }),
    );
    expect(() =>
      readOk(
        answer('{"error":"gone"}', 422, {
          "flawless-error-code": "WORKFLOW_FAILED",
          "flawless-workflow-id": "wkf_9",
        }),
        startedId,
      ),
    ).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_WORKFLOW_FAILED",
        serverCode: "WORKFLOW_FAILED",
        workflowId: "wkf_9",
      }),
    );
  });

  test.each([
    [
      "a proxy's page",
      answer(page, 502),
      /expected JSON, but got status 502 and "<html><body>Bad gateway/,
    ],
    ["nothing", answer("", 204), /status 204 and an empty body/],
    ["other JSON", answer("[1]"), /expected \{"ok": \.\.\.\} or \{"error": \.\.\.\}/],
    ["null", answer("null"), /expected \{"ok"/],
    ["an error that is no text", answer('{"error":{"message":"no"}}', 500), /expected \{"ok"/],
    [
      "`ok` and `error` of the prototype",
      answer('{"__proto__":{"ok":{"id":"wkf_1"},"error":"no"}}'),
      /expected \{"ok"/,
    ],
    ["a wrong shape", answer('{"ok":{"id":7}}'), /expected a string at id, not 7, but got/],
    ["no shape at all", answer('{"ok":null}'), /expected an object at its top, not null, but got/],
    [
      "a redirect",
      answer("", 301, { location: "https://flawless.test/" }),
      /a redirect \(301\) to https:\/\/flawless\.test\/.*use that address/,
    ],
  ])("refuses %s", (_what, given, reason) => {
    expect(() => readOk(given, startedId)).toThrow(
      expect.objectContaining({
        code: "FLAWLESS_UNEXPECTED_ANSWER",
        status: given.status,
        url: given.url,
        bodyStart: given.text.slice(0, 200),
        message: expect.stringMatching(reason),
      }),
    );
  });

  test("shows only the start of a long body", () => {
    expect(() => readOk(answer("x".repeat(10_000)), startedId)).toThrow(
      expect.objectContaining({
        bodyStart: "x".repeat(200),
        message: expect.not.stringContaining("x".repeat(201)),
      }),
    );
  });

  test("a 401 is one, whatever the body", () => {
    for (const text of [page, "", "{}"]) {
      expect(() => readOk(answer(text, 401), startedId)).toThrow(
        expect.objectContaining({ code: "FLAWLESS_UNAUTHORIZED" }),
      );
    }
  });

  test("a workflow's status is read strictly, and unknown members are omitted", () => {
    const info = {
      id: "wkf_1",
      module: "crawler",
      version: "0.1.8",
      moduleHash: "ab",
      workflow: "start",
      status: "running",
      waiting: { on: "message", types: ["go"], until: null },
      createdAt: "2026-01-01T00:00:00.000Z",
      endedAt: null,
      response: null,
      error: null,
      parent: null,
      cancelBy: null,
      run: 1,
      idempotencyKey: null,
      labels: {},
    };
    expect(readPlain(answer(JSON.stringify({ ...info, later: 1 })), workflowInfo)).toEqual(info);
    expect(() =>
      readPlain(answer(JSON.stringify({ ...info, status: "paused" })), workflowInfo),
    ).toThrow(/at status/);
    const waiting = { on: "sleep" };
    expect(() => readPlain(answer(JSON.stringify({ ...info, waiting })), workflowInfo)).toThrow(
      /at waiting\.until/,
    );
  });
});

describe("readAcknowledgement", () => {
  test("accepts the string ok", () => {
    expect(readAcknowledgement(answer('"ok"'))).toBeUndefined();
  });

  test("throws the server's error, and for anything else", () => {
    expect(() => readAcknowledgement(answer('{"error":"ended"}'))).toThrow("ended");
    expect(() => readAcknowledgement(answer('"maybe"'))).toThrow('expected "ok"');
  });
});

describe("readVersion", () => {
  test.each(["1.0.0-beta.3", '"1.0.0-beta.3"', "1.0.0-beta.3\n"])("takes %j", (text) => {
    expect(readVersion(answer(text))).toBe("1.0.0-beta.3");
  });

  test.each([
    [page, 200],
    ["", 200],
    ["1.0.0", 404],
    ["It works!", 200],
    ["7".repeat(101), 200],
    ['{"ok":1}', 200],
    ['"broken', 200],
  ])("refuses %j with status %i", (text, status) => {
    expect(() => readVersion(answer(text, status))).toThrow(
      expect.objectContaining({ code: "FLAWLESS_UNEXPECTED_ANSWER" }),
    );
  });

  test("throws the server's error", () => {
    const headers = { "flawless-error-code": "CLOSED" };
    expect(() => readVersion(answer('{"error":"closing"}', 503, headers))).toThrow(
      expect.objectContaining({ code: "FLAWLESS_SERVER_UNAVAILABLE" }),
    );
  });
});
