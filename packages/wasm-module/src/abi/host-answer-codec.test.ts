import { describe, expect, test } from "vitest";
import { abiErrorOf } from "./abi-error.testing.ts";
import { maxU64 } from "./duration.ts";
import type { HostAnswer } from "./host-answer.ts";
import { decodeHostAnswer, encodeHostAnswer } from "./host-answer-codec.ts";
import { RandomAbiValues } from "./random-abi-values.testing.ts";

const response = {
  statusCode: 404,
  url: "http://127.0.0.1/b",
  headers: [["etag", "x"]],
  body: "",
} as const;
const responseText =
  '{"status_code":404,"url":"http://127.0.0.1/b","headers":[["etag","x"]],"body":""}';

/** Answers with the text that serde_json writes for them. */
const examples: readonly [text: string, answer: HostAnswer][] = [
  ['"Unit"', { kind: "Unit" }],
  ['"Timeout"', { kind: "Timeout" }],
  ['{"Value":{"Bool":true}}', { kind: "Value", type: "Bool", value: true }],
  ['{"Value":{"I32":-2147483648}}', { kind: "Value", type: "I32", value: -2147483648 }],
  ['{"Value":{"I64":-9223372036854775808}}', { kind: "Value", type: "I64", value: -(2n ** 63n) }],
  ['{"Value":{"I64":9223372036854775807}}', { kind: "Value", type: "I64", value: 2n ** 63n - 1n }],
  ['{"Value":{"I64":9007199254740993}}', { kind: "Value", type: "I64", value: 9007199254740993n }],
  ['{"Value":{"F32":0.5}}', { kind: "Value", type: "F32", value: 0.5 }],
  ['{"Value":{"F64":-0.0}}', { kind: "Value", type: "F64", value: -0 }],
  ['{"Value":{"F64":1.0}}', { kind: "Value", type: "F64", value: 1 }],
  ['{"String":"{\\"id\\":\\"😀\\"}"}', { kind: "String", value: '{"id":"😀"}' }],
  ['{"ResponseSent":false}', { kind: "ResponseSent", sent: false }],
  [
    `{"HTTPResponse":{"Ok":${responseText}}}`,
    { kind: "HTTPResponse", result: { kind: "Ok", response } },
  ],
  [
    `{"HTTPResponse":{"Err":{"Status":[404,${responseText}]}}}`,
    { kind: "HTTPResponse", result: { kind: "Status", statusCode: 404, response } },
  ],
  [
    '{"HTTPResponse":{"Err":{"Transport":{"kind":"Io","message":"timed out","url":null}}}}',
    {
      kind: "HTTPResponse",
      result: { kind: "Transport", error: { kind: "Io", message: "timed out", url: null } },
    },
  ],
  [
    '{"Time":{"secs_since_epoch":18446744073709551615,"nanos_since_epoch":5}}',
    { kind: "Time", sinceEpoch: { secs: maxU64, nanos: 5 } },
  ],
  ['{"Message":["stop","null"]}', { kind: "Message", type: "stop", json: "null" }],
  ['{"Secret":null}', { kind: "Secret", value: null }],
  ['{"Secret":"s3cr3t"}', { kind: "Secret", value: "s3cr3t" }],
];

describe("encodeHostAnswer", () => {
  test.each(examples)("writes %s", (text, answer) => {
    expect(encodeHostAnswer(answer)).toBe(text);
  });

  test("writes what decodeHostAnswer reads back, whatever the answer", () => {
    const random = new RandomAbiValues(2);
    for (let round = 0; round < 3000; round += 1) {
      const answer = random.answer();
      const text = encodeHostAnswer(answer);
      expect(decodeHostAnswer(text), text).toEqual(answer);
    }
  });

  test("rounds F32 to the nearest 32-bit float", () => {
    const text = encodeHostAnswer({ kind: "Value", type: "F32", value: 0.1 });
    expect(text).toBe('{"Value":{"F32":0.10000000149011612}}');
  });

  test.each<[string, HostAnswer]>([
    ["value", { kind: "Value", type: "I32", value: 2147483648 }],
    ["value", { kind: "Value", type: "I32", value: 0.5 }],
    ["value", { kind: "Value", type: "I64", value: 2n ** 63n }],
    ["value", { kind: "Value", type: "I64", value: -(2n ** 63n) - 1n }],
    ["value", { kind: "Value", type: "F32", value: 1e39 }],
    ["value", { kind: "Value", type: "F64", value: NaN }],
    ["value", { kind: "Value", type: "F64", value: -Infinity }],
    ["value", { kind: "String", value: "half \ud83d" }],
    ["value", { kind: "String", value: `${"x".repeat(1000)}\ud83d` }],
    ["type", { kind: "Message", type: "\udc00", json: "" }],
    ["json", { kind: "Message", type: "", json: "\udc00" }],
    ["value", { kind: "Secret", value: "\udc00" }],
    ["sinceEpoch.secs", { kind: "Time", sinceEpoch: { secs: -1n, nanos: 0 } }],
    ["sinceEpoch.nanos", { kind: "Time", sinceEpoch: { secs: 0n, nanos: 1_000_000_000 } }],
    [
      "result.statusCode",
      { kind: "HTTPResponse", result: { kind: "Status", statusCode: 65536, response } },
    ],
    [
      "result.response.statusCode",
      { kind: "HTTPResponse", result: { kind: "Ok", response: { ...response, statusCode: NaN } } },
    ],
  ])("refuses what Rust can't represent in %s of %o", (path, answer) => {
    const error = abiErrorOf(() => encodeHostAnswer(answer));
    expect(error.code).toBe("FLAWLESS_ABI_UNENCODABLE");
    expect(error.message).toContain(` at ${path}, but got `);
    expect(error.message.length).toBeLessThan(300);
  });

  test("refuses a kind of transport error that Rust doesn't know", () => {
    const text =
      '{"kind":"HTTPResponse","result":{"kind":"Transport","error":{"kind":"Tls","message":null,"url":null}}}';
    const error = abiErrorOf(() => encodeHostAnswer(JSON.parse(text) as HostAnswer));
    expect(error.message).toContain('at result.error.kind, but got "Tls"');
  });
});

describe("decodeHostAnswer", () => {
  test.each(examples)("reads %s", (text, answer) => {
    expect(decodeHostAnswer(text)).toEqual(answer);
  });

  test.each([
    [
      "integers as floats",
      '{"Value":{"F64":9007199254740993}}',
      { kind: "Value", type: "F64", value: 2 ** 53 },
    ],
    [
      "floats with more digits than 32 bits hold",
      '{"Value":{"F32":0.1}}',
      { kind: "Value", type: "F32", value: Math.fround(0.1) },
    ],
    [
      "missing optional members",
      '{"HTTPResponse":{"Err":{"Transport":{"kind":{"Dns":null}}}}}',
      {
        kind: "HTTPResponse",
        result: { kind: "Transport", error: { kind: "Dns", message: null, url: null } },
      },
    ],
  ])("takes %s, as serde does", (_what, text, answer) => {
    expect(decodeHostAnswer(text)).toEqual(answer);
  });

  test.each([
    ["nonsense", "expected JSON"],
    ['"Unite"', 'but got "Unite"'],
    ['"Secret"', "at Secret, but got nothing"],
    ['{"Secret":7}', "expected a string at Secret, but got 7"],
    ['{"ResponseSent":"yes"}', 'expected true or false at ResponseSent, but got "yes"'],
    ['{"Value":{"Bool":0}}', "expected true or false at Value.Bool, but got 0"],
    ['{"Value":{"I32":0.0}}', "at Value.I32, but got 0"],
    ['{"Message":["a"]}', "expected an array of 2 at Message, but got an array of 1"],
    [
      '{"Time":{"secs":0,"nanos":0}}',
      "no members but secs_since_epoch and nanos_since_epoch at Time",
    ],
    ['{"HTTPResponse":{"Maybe":1}}', 'expected Ok or Err at HTTPResponse, but got "Maybe"'],
    [
      '{"HTTPResponse":{"Err":{"Oops":1}}}',
      'expected Status or Transport at HTTPResponse.Err, but got "Oops"',
    ],
    [
      '{"HTTPResponse":{"Err":{"Status":[404]}}}',
      "at HTTPResponse.Err.Status, but got an array of 1",
    ],
    [
      `{"HTTPResponse":{"Err":{"Status":[-1,${responseText}]}}}`,
      "at HTTPResponse.Err.Status[0], but got -1",
    ],
    [
      '{"HTTPResponse":{"Err":{"Transport":{"kind":"Tls"}}}}',
      'at HTTPResponse.Err.Transport.kind, but got "Tls"',
    ],
    [
      `{"HTTPResponse":{"Ok":${responseText.replace("404", "65536")}}}`,
      "HTTPResponse.Ok.status_code, but got 65536",
    ],
    [
      `{"HTTPResponse":{"Ok":${responseText.replace('["etag","x"]', "[]")}}}`,
      "at HTTPResponse.Ok.headers[0]",
    ],
  ])("refuses %s", (text, message) => {
    const error = abiErrorOf(() => decodeHostAnswer(text));
    expect(error.code).toBe("FLAWLESS_ABI_INVALID_ANSWER");
    expect(error.message).toContain(message);
  });
});
