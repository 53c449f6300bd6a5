import {
  encodeHostAnswer,
  encodeHostCall,
  type HostAnswer,
  type HostCall,
} from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { stepWords } from "./step-words.ts";

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const config = { idempotent: false, timeout: { secs: 9n, nanos: 0 }, responseBodyLimit: 10n };
const day = { secs: 86_400n, nanos: 0 };

function request(method: string, url: string, body: string = ""): HostCall {
  return { kind: "HTTPRequest", request: { config, method, url, headers: [], body } };
}

function response(statusCode: number, body: string = ""): HostAnswer {
  const given = { statusCode, url: "", headers: [], body };
  return statusCode < 400
    ? { kind: "HTTPResponse", result: { kind: "Ok", response: given } }
    : { kind: "HTTPResponse", result: { kind: "Status", statusCode, response: given } };
}

function said(call: HostCall, answer: HostAnswer | null): readonly unknown[] {
  const { kind, what, outcome, isBad } = stepWords(
    encodeHostCall(call),
    answer === null ? null : encodeHostAnswer(answer),
  );
  return [kind, what, outcome, isBad];
}

/** A call to an extension and its answer. */
function asked(
  name: string,
  body: unknown,
  answer?: unknown,
  statusCode = 200,
): readonly unknown[] {
  return said(
    request("POST", `flawless:v1/${name}`, base64(body)),
    answer === undefined ? null : response(statusCode, base64(answer)),
  );
}

describe("stepWords", () => {
  const plainSteps: readonly (readonly [HostCall, HostAnswer | null, readonly unknown[]])[] = [
    [{ kind: "GetInput" }, null, ["small", "Read the input", "", false]],
    [
      { kind: "TimeNow" },
      { kind: "Time", sinceEpoch: { secs: 1n, nanos: 0 } },
      ["small", "Read the clock", "1970-01-01T00:00:01.000Z", false],
    ],
    [{ kind: "Log", level: "Error", message: "no" }, { kind: "Unit" }, ["log", "no", "", true]],
    [
      { kind: "Sleep", duration: { secs: 259_200n, nanos: 0 } },
      { kind: "Unit" },
      ["wait", "Slept 3 days", "", false],
    ],
    [{ kind: "Sleep", duration: day }, null, ["wait", "Sleeps 1 day", "", false]],
    [
      request("POST", "https://shop.example/orders"),
      response(201),
      ["http", "POST https://shop.example/orders", "201", false],
    ],
    [request("GET", "https://a/"), response(503), ["http", "GET https://a/", "503", true]],
    [
      request("GET", "https://a/"),
      {
        kind: "HTTPResponse",
        result: { kind: "Transport", error: { kind: "Io", message: "timed out", url: null } },
      },
      ["http", "GET https://a/", "Io: timed out", true],
    ],
    [
      { kind: "RecvMessage", timeout: null, types: ["approve"] },
      { kind: "Message", type: "approve", json: '{"by":"Ann"}' },
      ["message", 'Received "approve" {"by":"Ann"}', "", false],
    ],
    [
      { kind: "RecvMessage", timeout: day, types: ["a", "b"] },
      null,
      ["message", 'Waits for "a" or "b", 1 day at most', "", false],
    ],
    [
      { kind: "RecvMessage", timeout: day, types: ["a"] },
      { kind: "Timeout" },
      ["message", 'Waited for "a", 1 day at most: nothing came', "", false],
    ],
    [
      { kind: "SendResponse", json: "7" },
      { kind: "ResponseSent", sent: false },
      ["end", "Responded 7", "nobody waited for it", false],
    ],
  ];

  test.each(plainSteps.map((step) => [step[2].join(" "), ...step] as const))(
    "say %s",
    (_title, call, answer, expected) => {
      expect(said(call, answer)).toEqual(expected);
    },
  );

  test.each<[string, readonly unknown[], readonly unknown[]]>([
    [
      "a running activity",
      asked("run", { kind: "activity", name: "charge", queue: "q", input: { id: 7 } }),
      ["activity", 'Activity charge({"id":7})', "", false],
    ],
    [
      "one that gave a value",
      asked("run", { kind: "activity", name: "charge", queue: "q" }, { value: { receipt: 1 } }),
      ["activity", "Activity charge()", '{"receipt":1}', false],
    ],
    [
      "one that failed",
      asked(
        "run",
        { kind: "activity", name: "charge", queue: "q" },
        { error: { code: "FAILED", name: "CardDeclined", message: "no money" } },
      ),
      ["activity", "Activity charge()", "CardDeclined: no money", true],
    ],
    [
      "an extension that was refused",
      asked(
        "run",
        { kind: "sleep", ms: 5 },
        { error: { code: "CANCELLED", message: "stop" } },
        409,
      ),
      ["wait", "Slept 5 ms", "refused: stop", true],
    ],
    [
      "a sleep that can be cancelled",
      asked("wait", { types: ["flawless:cancel"], timeoutMs: 2_000 }, { timeout: true }),
      ["wait", "Slept 2 seconds", "", false],
    ],
    [
      "an update",
      asked("wait", { types: ["add"] }, { message: { type: "add", data: 4, update: true } }),
      ["message", 'Received update "add" 4', "", false],
    ],
    ["state", asked("state", { value: { at: 1 } }, {}), ["state", 'State {"at":1}', "", false]],
    [
      "a failure",
      asked("fail", { error: { name: "TypeError", message: "x" } }),
      ["end", "Failed: TypeError: x", "", true],
    ],
    [
      "numbers of 64 bits",
      said(
        request(
          "POST",
          "flawless:v1/send",
          Buffer.from('{"id":"wkf_1","type":"n","data":18446744073709551615}').toString("base64"),
        ),
        null,
      ),
      ["message", 'Sent "n" 18446744073709551615', "", false],
    ],
    [
      "an extension that nobody knows",
      asked("nonsense", { a: 1 }),
      ["other", 'flawless:v1/nonsense {"a":1}', "", false],
    ],
  ])("of %s", (_what, words, expected) => {
    expect(words).toEqual(expected);
  });

  test("name the workflow that a step is about", () => {
    const call = encodeHostCall({ kind: "StartWorkflow", workflow: "child", input: "7" });
    const answer = encodeHostAnswer({ kind: "Value", type: "I64", value: 62n });
    expect(stepWords(call, answer)).toMatchObject({
      what: "Started child(7)",
      workflow: "wkf_10",
    });
  });

  test.each(["not even JSON", '{"Reboot":1}', '{"HTTPRequest":{"url":"flawless:v1/run"}}'])(
    "show as it is what can't be read: %s",
    (call) => {
      expect(stepWords(call, null)).toMatchObject({ kind: "other", what: call });
    },
  );
});
