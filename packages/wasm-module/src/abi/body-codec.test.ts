import { describe, expect, test } from "vitest";
import { abiErrorOf } from "./abi-error.testing.ts";
import { withTextBody } from "./body-codec.ts";
import type { HttpResponse } from "./host-answer.ts";
import { decodeHostAnswer, encodeHostAnswer } from "./host-answer-codec.ts";
import { decodeHostCall, encodeHostCall } from "./host-call-codec.ts";

/** In the format of the crates 1.0.0-beta.1 and beta.2. */
function callWith(body: string): string {
  return (
    '{"HTTPRequest":{"config":{"idempotent":false,"timeout":{"secs":120,"nanos":0},' +
    '"response_body_limit":10000000},"method":"POST","url":"http://a.example/,\\"body\\":[1]}}",' +
    `"headers":[["a","b"]],"body":${body}}}`
  );
}

function bodyOf(call: string): unknown {
  const decoded = decodeHostCall(call);
  return decoded.kind === "HTTPRequest"
    ? [decoded.request.bodyForm, [...Buffer.from(decoded.request.body, "base64")]]
    : undefined;
}

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);

describe("a request whose body is an array of bytes", () => {
  test.each([[[]], [[7]], [[104, 105]], [everyByte]])("is read: %j", (bytes) => {
    const text = callWith(JSON.stringify(bytes));
    expect(bodyOf(text)).toEqual(["bytes", bytes]);
    expect(encodeHostCall(decodeHostCall(text))).toBe(text);
  });

  test("is read in any format that serde accepts", () => {
    const text = callWith("[ 104 ,105]");
    expect(bodyOf(text)).toEqual(["bytes", [104, 105]]);
    const { HTTPRequest: request } = JSON.parse(callWith("[104,105]")) as {
      readonly HTTPRequest: Readonly<Record<string, unknown>>;
    };
    const { body, ...others } = request;
    const turned = JSON.stringify({ HTTPRequest: { body, ...others } });
    expect(bodyOf(turned)).toEqual(["bytes", [104, 105]]);
    expect(bodyOf(JSON.stringify({ HTTPRequest: Object.values(request) }))).toEqual([
      "bytes",
      [104, 105],
    ]);
  });

  test("is read if it is long, without a number for each byte", () => {
    const bytes = Buffer.alloc(10_000_000, Buffer.from(everyByte));
    const text = callWith(`[${bytes.join(",")}]`);
    const withText = withTextBody(text) ?? "";
    expect(withText.length).toBeLessThan(13_400_000);
    const call = decodeHostCall(text);
    expect(call).toEqual({
      kind: "HTTPRequest",
      request: expect.objectContaining({ bodyForm: "bytes" }),
    });
    expect(encodeHostCall(call) === text).toBe(true);
  });

  test.each([
    "[256]",
    "[1000]",
    "[-1]",
    "[1.0]",
    "[1e1]",
    "[null]",
    '["1"]',
    "[[1]]",
    "[01]",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1",
    "[,]",
    "1]",
    "[1]]",
    '"a",[1]',
  ])("is refused if it is %s", (body) => {
    expect(abiErrorOf(() => decodeHostCall(callWith(body))).code).toBe("FLAWLESS_ABI_INVALID_CALL");
  });

  test("is ignored in anything else", () => {
    expect(withTextBody(callWith('"aGk="'))).toBeUndefined();
    expect(withTextBody('{"Log":{"Info":",\\"body\\":[1]}}"}}')).toBeUndefined();
    expect(withTextBody('{"HTTPRequest":{"body":[1]}}')).toBeUndefined();
  });
});

describe("a response whose body is an array of bytes", () => {
  const response: HttpResponse = {
    statusCode: 404,
    url: "http://a.example/",
    headers: [],
    body: Buffer.from(everyByte).toString("base64"),
    bodyForm: "bytes",
  };
  const text = `{"status_code":404,"url":"http://a.example/","headers":[],"body":[${everyByte.join(",")}]}`;

  test.each([
    [{ kind: "Ok", response }, `{"Ok":${text}}`],
    [{ kind: "Status", statusCode: 404, response }, `{"Err":{"Status":[404,${text}]}}`],
  ] as const)("is written as the older crates read it, and read back: %#", (result, json) => {
    const answer = { kind: "HTTPResponse", result } as const;
    expect(encodeHostAnswer(answer)).toBe(`{"HTTPResponse":${json}}`);
    expect(decodeHostAnswer(`{"HTTPResponse":${json}}`)).toEqual(answer);
  });

  test("may be empty", () => {
    const empty = { ...response, body: "" };
    const written = encodeHostAnswer({
      kind: "HTTPResponse",
      result: { kind: "Ok", response: empty },
    });
    expect(written).toContain('"body":[]');
  });
});
