import { describe, expect, test } from "vitest";
import {
  encodeHostAnswer,
  encodeHostCall,
  type HostAnswer,
  type HostCall,
} from "@flawless-ts/wasm-module";
import { answerText, callText } from "./step-text.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const second = { secs: 1n, nanos: 500_000_000 };
const request = {
  config: { idempotent: false, timeout: second, responseBodyLimit: 10n },
  method: "POST",
  url: "http://shop.example/",
  headers: [],
  body: base64('{"id":7}'),
} as const;
const response = { statusCode: 200, url: "http://shop.example/", headers: [], body: base64("ok") };

describe("callText", () => {
  test.each<[string, HostCall]>([
    ["GetInput", { kind: "GetInput" }],
    ["TimeNow", { kind: "TimeNow" }],
    ["Log Warn: careful", { kind: "Log", level: "Warn", message: "careful" }],
    ['SendResponse {"a":1}', { kind: "SendResponse", json: '{"a":1}' }],
    ["Random I64", { kind: "Random", type: "I64" }],
    ["Sleep 1.5 s", { kind: "Sleep", duration: second }],
    ['POST http://shop.example/ {"id":7}', { kind: "HTTPRequest", request }],
    [
      "GET http://shop.example/ (idempotent)",
      {
        kind: "HTTPRequest",
        request: {
          ...request,
          method: "GET",
          body: "",
          config: { ...request.config, idempotent: true },
        },
      },
    ],
    ["GetSecret token", { kind: "GetSecret", name: "token" }],
    ["RecvMessage a or b", { kind: "RecvMessage", timeout: null, types: ["a", "b"] }],
    ["RecvMessage a within 1.5 s", { kind: "RecvMessage", timeout: second, types: ["a"] }],
    ["StartWorkflow child 7", { kind: "StartWorkflow", workflow: "child", input: "7" }],
    ["ReplayDebug here", { kind: "ReplayDebug", message: "here" }],
  ])("callText shows %s", (text, call) => {
    expect(callText(encodeHostCall(call))).toBe(text);
  });

  test("shows anything but a call unchanged", () => {
    expect(callText('{"Reboot":1}')).toBe('{"Reboot":1}');
  });
});

describe("answerText", () => {
  const anyCall = encodeHostCall({ kind: "GetInput" });
  test.each<[string, HostAnswer]>([
    ["", { kind: "Unit" }],
    ["9007199254740993", { kind: "Value", type: "I64", value: 9_007_199_254_740_993n }],
    ["true", { kind: "Value", type: "Bool", value: true }],
    ["null", { kind: "String", value: "null" }],
    ["", { kind: "ResponseSent", sent: true }],
    ["nobody waited for it", { kind: "ResponseSent", sent: false }],
    ["200 ok", { kind: "HTTPResponse", result: { kind: "Ok", response } }],
    [
      "404",
      {
        kind: "HTTPResponse",
        result: {
          kind: "Status",
          statusCode: 404,
          response: { ...response, statusCode: 404, body: "" },
        },
      },
    ],
    [
      "Io: timed out",
      {
        kind: "HTTPResponse",
        result: { kind: "Transport", error: { kind: "Io", message: "timed out", url: null } },
      },
    ],
    [
      "RequestInterrupted",
      {
        kind: "HTTPResponse",
        result: {
          kind: "Transport",
          error: { kind: "RequestInterrupted", message: null, url: null },
        },
      },
    ],
    ["1970-01-01T00:00:01.500Z", { kind: "Time", sinceEpoch: second }],
    ['approve {"by":"Ann"}', { kind: "Message", type: "approve", json: '{"by":"Ann"}' }],
    ["timed out", { kind: "Timeout" }],
    ["[secret]", { kind: "Secret", value: "[secret]" }],
    ["there is none", { kind: "Secret", value: null }],
  ])("answerText shows %s", (text, answer) => {
    expect(answerText(anyCall, encodeHostAnswer(answer))).toBe(text);
  });

  test("shows a child's public id", () => {
    const call = encodeHostCall({ kind: "StartWorkflow", workflow: "child", input: "7" });
    const answer = encodeHostAnswer({ kind: "Value", type: "I64", value: 62n });
    expect(answerText(call, answer)).toBe("wkf_10");
  });

  test("shows a time outside of the calendar unchanged", () => {
    const json = encodeHostAnswer({ kind: "Time", sinceEpoch: { secs: 2n ** 60n, nanos: 0 } });
    expect(answerText(anyCall, json)).toBe(json);
  });
});
