import { describe, expect, test } from "vitest";
import { abiErrorOf } from "./abi-error.testing.ts";
import { maxU64 } from "./duration.ts";
import type { HostCall } from "./host-call.ts";
import { decodeHostCall, encodeHostCall } from "./host-call-codec.ts";
import { RandomAbiValues } from "./random-abi-values.testing.ts";

const request = {
  config: { idempotent: true, timeout: { secs: 120n, nanos: 0 }, responseBodyLimit: maxU64 },
  method: "POST",
  url: "http://127.0.0.1:8080/a",
  headers: [
    ["accept", "*/*"],
    ["accept", "text/plain"],
  ],
  body: "aGk=",
} as const;

/** Calls with the text that serde_json writes for them. */
const examples: readonly [text: string, call: HostCall][] = [
  ['"GetInput"', { kind: "GetInput" }],
  ['"TimeNow"', { kind: "TimeNow" }],
  [
    '{"Log":{"Info":"a \\"b\\"\\n\\u0001"}}',
    { kind: "Log", level: "Info", message: 'a "b"\n\u0001' },
  ],
  ['{"Log":{"Error":""}}', { kind: "Log", level: "Error", message: "" }],
  ['{"SendResponse":"{\\"a\\":1}"}', { kind: "SendResponse", json: '{"a":1}' }],
  ['{"Random":{"Bool":false}}', { kind: "Random", type: "Bool" }],
  ['{"Random":{"I32":0}}', { kind: "Random", type: "I32" }],
  ['{"Random":{"I64":0}}', { kind: "Random", type: "I64" }],
  ['{"Random":{"F32":0.0}}', { kind: "Random", type: "F32" }],
  ['{"Random":{"F64":0.0}}', { kind: "Random", type: "F64" }],
  [
    '{"Sleep":{"secs":1,"nanos":300000000}}',
    { kind: "Sleep", duration: { secs: 1n, nanos: 300_000_000 } },
  ],
  [
    '{"Sleep":{"secs":18446744073709551615,"nanos":999999999}}',
    { kind: "Sleep", duration: { secs: maxU64, nanos: 999_999_999 } },
  ],
  [
    '{"HTTPRequest":{"config":{"idempotent":true,"timeout":{"secs":120,"nanos":0},' +
      '"response_body_limit":18446744073709551615},"method":"POST","url":"http://127.0.0.1:8080/a",' +
      '"headers":[["accept","*/*"],["accept","text/plain"]],"body":"aGk="}}',
    { kind: "HTTPRequest", request },
  ],
  ['{"GetSecret":"KEY"}', { kind: "GetSecret", name: "KEY" }],
  ['{"RecvMessage":[null,["a","b"]]}', { kind: "RecvMessage", timeout: null, types: ["a", "b"] }],
  [
    '{"RecvMessage":[{"secs":9007199254740993,"nanos":1},[]]}',
    { kind: "RecvMessage", timeout: { secs: 9007199254740993n, nanos: 1 }, types: [] },
  ],
  [
    '{"StartWorkflow":["child","null"]}',
    { kind: "StartWorkflow", workflow: "child", input: "null" },
  ],
  ['{"ReplayDebug":"here"}', { kind: "ReplayDebug", message: "here" }],
];

describe("decodeHostCall", () => {
  test.each(examples)("reads %s", (text, call) => {
    expect(decodeHostCall(text)).toEqual(call);
  });

  test.each([
    ["unit variants with null", '{"TimeNow":null}', { kind: "TimeNow" }],
    ["white space", ' { "Log" : { "Warn" : "x" } } ', { kind: "Log", level: "Warn", message: "x" }],
    ["structs as arrays", '{"Sleep":[2,3]}', { kind: "Sleep", duration: { secs: 2n, nanos: 3 } }],
    [
      "members in another order",
      '{"Sleep":{"nanos":3,"secs":2}}',
      { kind: "Sleep", duration: { secs: 2n, nanos: 3 } },
    ],
    [
      "nanoseconds of a second and more",
      '{"Sleep":{"secs":1,"nanos":4294967295}}',
      { kind: "Sleep", duration: { secs: 5n, nanos: 294_967_295 } },
    ],
    [
      "any value as random sample",
      '{"Random":{"I64":-9223372036854775808}}',
      { kind: "Random", type: "I64" },
    ],
  ])("takes %s, as serde does", (_what, text, call) => {
    expect(decodeHostCall(text)).toEqual(call);
  });

  test("ignores unknown members of a request, as serde does", () => {
    const text = encodeHostCall({ kind: "HTTPRequest", request }).replace(
      '"method"',
      '"__proto__":{"url":1},"method"',
    );
    expect(decodeHostCall(text)).toEqual({ kind: "HTTPRequest", request });
  });

  test.each([
    ["", "expected JSON"],
    ["{", "expected JSON"],
    ["\u0000".repeat(1000), "…"],
    ["[".repeat(100_000), "expected JSON"],
    ["null", "expected a host call, but got null"],
    ["7", "expected a host call, but got 7"],
    ["[]", "expected a host call, but got an array of 0"],
    ["{}", "as an object with one member, but got an object with no members"],
    ['{"TimeNow":null,"GetInput":null}', 'but got an object with "TimeNow", "GetInput"'],
    ['"Reboot"', 'but got "Reboot"'],
    ['"constructor"', 'but got "constructor"'],
    ['{"__proto__":"x"}', 'but got "__proto__"'],
    ['{"TimeNow":0}', "at TimeNow, but got 0"],
    ['"Log"', "at Log, but got nothing"],
    ['"SendResponse"', "at SendResponse, but got nothing"],
    ['{"Log":"Info"}', "expected a string at Log.Info, but got nothing"],
    ['{"Log":{"Loud":"x"}}', 'Error, Warn, Info, Debug or Trace at Log, but got "Loud"'],
    ['{"Log":{"Info":7}}', "expected a string at Log.Info, but got 7"],
    ['{"GetSecret":null}', "expected a string at GetSecret, but got null"],
    ['{"GetSecret":"\\ud800"}', "without lone surrogates at GetSecret"],
    ['{"Random":{"U8":0}}', 'expected Bool, I32, I64, F32 or F64 at Random, but got "U8"'],
    [
      '{"Random":{"I32":2147483648}}',
      "from -2147483648 to 2147483647 at Random.I32, but got 2147483648",
    ],
    ['{"Random":{"I64":9223372036854775808}}', "but got 9223372036854775808"],
    ['{"Random":{"F64":1e999}}', "expected a finite number at Random.F64, but got Infinity"],
    ['{"Random":{"F64":null}}', "expected a finite number at Random.F64, but got null"],
    ['{"Random":{"F32":1e300}}', "in the range of 32-bit floats at Random.F32"],
    ['{"Sleep":{"secs":1}}', "at Sleep.nanos, but got nothing"],
    ['{"Sleep":{"secs":1,"nanos":0,"__proto__":0}}', "no members but secs and nanos at Sleep"],
    ['{"Sleep":{"secs":-1,"nanos":0}}', "at Sleep.secs, but got -1"],
    ['{"Sleep":{"secs":1.0,"nanos":0}}', "at Sleep.secs, but got 1"],
    ['{"Sleep":{"secs":-0,"nanos":0}}', "at Sleep.secs, but got -0"],
    [
      '{"Sleep":{"secs":18446744073709551616,"nanos":0}}',
      "at Sleep.secs, but got 18446744073709551616",
    ],
    [
      '{"Sleep":{"secs":18446744073709551615,"nanos":1000000000}}',
      "less than 2^64 seconds at Sleep",
    ],
    ['{"Sleep":{"secs":"1","nanos":0}}', 'at Sleep.secs, but got "1"'],
    ['{"Sleep":{"secs":1,"nanos":4294967296}}', "at Sleep.nanos, but got 4294967296"],
    ['{"Sleep":{"secs":1,"nanos":1e2}}', "at Sleep.nanos, but got 100"],
    ['{"Sleep":[1]}', "expected an array of 2 at Sleep, but got an array of 1"],
    ['{"RecvMessage":[null]}', "expected an array of 2 at RecvMessage, but got an array of 1"],
    ['{"RecvMessage":[null,[],0]}', "expected an array of 2 at RecvMessage, but got an array of 3"],
    ['{"RecvMessage":[null,["a",null]]}', "expected a string at RecvMessage[1][1], but got null"],
    ['{"RecvMessage":[{"secs":1},[]]}', "at RecvMessage[0].nanos, but got nothing"],
    ['{"StartWorkflow":"child"}', 'expected an array of 2 at StartWorkflow, but got "child"'],
    [
      '{"StartWorkflow":["child",{}]}',
      "expected a string at StartWorkflow[1], but got an object with no members",
    ],
    [
      '{"HTTPRequest":7}',
      "expected an object with config, method, url, headers, body at HTTPRequest, but got 7",
    ],
    ['{"HTTPRequest":{}}', "at HTTPRequest.config, but got nothing"],
  ])("refuses %j", (text, message) => {
    const error = abiErrorOf(() => decodeHostCall(text));
    expect(error.code).toBe("FLAWLESS_ABI_INVALID_CALL");
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(1500);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ['"idempotent":true', '"idempotent":1', "HTTPRequest.config.idempotent"],
    ['"nanos":0', '"nanos":-1', "HTTPRequest.config.timeout.nanos"],
    [
      '"response_body_limit":18446744073709551615',
      '"response_body_limit":1.5',
      "HTTPRequest.config.response_body_limit",
    ],
    ['"method":"POST"', '"method":null', "HTTPRequest.method"],
    ['"url":', '"uri":', "HTTPRequest.url"],
    ['["accept","text/plain"]', '["accept"]', "HTTPRequest.headers[1]"],
    ['"*/*"', "7", "HTTPRequest.headers[0][1]"],
    ['"body":"aGk="', '"body":[104,256]', "HTTPRequest.body[1]"],
  ])("refuses a request with %s replaced by %s", (found, replacement, path) => {
    const valid = encodeHostCall({ kind: "HTTPRequest", request });
    const error = abiErrorOf(() => decodeHostCall(valid.replace(found, replacement)));
    expect(error.message).toContain(` at ${path}, but got `);
  });

  test("reads very long strings", () => {
    const long = "é:1.5,".repeat(1_000_000);
    const call: HostCall = { kind: "SendResponse", json: long };
    expect(decodeHostCall(encodeHostCall(call))).toEqual(call);
  });
});

describe("encodeHostCall", () => {
  test.each(examples)("writes %s as serde_json does", (text, call) => {
    expect(encodeHostCall(call)).toBe(text);
  });

  test("writes what decodeHostCall reads back, whatever the call", () => {
    const random = new RandomAbiValues(1);
    for (let round = 0; round < 3000; round += 1) {
      const call = random.call();
      const text = encodeHostCall(call);
      expect(decodeHostCall(text), text).toEqual(call);
    }
  });

  test.each<[string, HostCall]>([
    ["message", { kind: "Log", level: "Info", message: "\udc00" }],
    ["duration.secs", { kind: "Sleep", duration: { secs: 2n ** 64n, nanos: 0 } }],
    ["duration.secs", { kind: "Sleep", duration: { secs: -1n, nanos: 0 } }],
    ["duration.nanos", { kind: "Sleep", duration: { secs: 0n, nanos: 1_000_000_000 } }],
    ["duration.nanos", { kind: "Sleep", duration: { secs: 0n, nanos: 0.5 } }],
    ["types[1]", { kind: "RecvMessage", timeout: null, types: ["a", "\ud800"] }],
    [
      "request.config.responseBodyLimit",
      {
        kind: "HTTPRequest",
        request: { ...request, config: { ...request.config, responseBodyLimit: -1n } },
      },
    ],
    [
      "request.headers",
      { kind: "HTTPRequest", request: { ...request, headers: [["a", "\ud800"]] } },
    ],
  ])("refuses what Rust can't represent in %s", (path, call) => {
    const error = abiErrorOf(() => encodeHostCall(call));
    expect(error.code).toBe("FLAWLESS_ABI_UNENCODABLE");
    expect(error.message).toContain(` at ${path}, but got `);
  });
});
