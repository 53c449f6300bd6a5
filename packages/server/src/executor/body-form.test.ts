import { encodeHostCall } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { answerText, callText } from "../history-text/step-text.ts";
import { stepValues } from "../pages/timeline/step-values.ts";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";
import { inBodyForm, withUniformBody } from "./body-form.ts";

const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const older = ["conformance_beta1", "conformance_beta2"] as const;

describe.for(older.flatMap((module) => memoryModes.map((mode) => ({ module, ...mode }))))(
  "$module, $mode",
  ({ module, limits }) => {
    test("sends and receives every byte, and its journal equals that of a newer crate", async () => {
      await using engine = await TestEngine.open({ module, limits });
      await using newer = await TestEngine.open({ module: "conformance", limits });
      const input = { url: "http://site/", base64: bytes.toString("base64") };
      const journals: unknown[] = [];
      for (const tested of [engine, newer]) {
        tested.http.script = ({ url, body }) => ({ statusCode: 200, url, headers: [], body });
        const id = await tested.launch("http_bytes", input);
        expect(await tested.response(id)).toEqual({ status: 200, base64: input.base64 });
        journals.push((await tested.steps(id)).map(({ call, answer }) => [call, answer]));
      }
      expect(Buffer.from(engine.http.sent[0]?.body ?? [])).toEqual(bytes);
      expect(journals[0]).toEqual(journals[1]);
    });

    test("is displayed as text", async () => {
      await using engine = await TestEngine.open({ module, limits });
      engine.http.script = ({ url }) => ({
        statusCode: 404,
        url,
        headers: [],
        body: Buffer.from("grüße"),
      });
      const input = { method: "POST", url: "http://site/", body: "ahoj" };
      const id = await engine.launch("http", input);
      expect(await engine.response(id)).toEqual({
        status_error: { code: 404, body: "grüße" },
      });
      const step = (await engine.steps(id)).find(({ call }) => call.includes("HTTPRequest"));
      expect(callText(step?.call ?? "")).toBe("POST http://site/ ahoj");
      expect(answerText(step?.call ?? "", step?.answer ?? "")).toBe("404 grüße");
      expect(step === undefined ? [] : stepValues(step)).toEqual(
        expect.arrayContaining([
          { title: "Request body", text: "ahoj" },
          { title: "Response body", text: "grüße" },
        ]),
      );
    });
  },
);

describe("a body encoded by a guest", () => {
  const request = {
    config: { idempotent: false, timeout: { secs: 1n, nanos: 0 }, responseBodyLimit: 10n },
    method: "POST",
    url: "http://site/",
    headers: [],
    body: "aGk=",
  } as const;
  const asText = encodeHostCall({ kind: "HTTPRequest", request });
  const asBytes = encodeHostCall({
    kind: "HTTPRequest",
    request: { ...request, bodyForm: "bytes" },
  });

  test("as bytes is converted to text, however the guest formats its JSON", () => {
    const uniform = { text: asText, bodyForm: "bytes" };
    expect(asBytes).toContain('"body":[104,105]');
    expect(withUniformBody(asBytes)).toEqual(uniform);
    expect(withUniformBody(` { ${asBytes.slice(1, -1)} } `)).toEqual(uniform);
  });

  test.each([
    asText,
    ` ${asText} `,
    '"TimeNow"',
    '{"HTTPRequest":{"body":[1]}}',
    '{"HTTPRequest":{',
    "",
  ])("in another form stays as it is: %s", (text) => {
    expect(withUniformBody(text)).toEqual({ text, bodyForm: "base64" });
  });

  test("affects only the response", () => {
    for (const answer of [
      '"Unit"',
      '{"HTTPResponse":{"Err":{"Transport":{"kind":"Io","message":null,"url":null}}}}',
    ]) {
      expect(inBodyForm(answer, "bytes")).toBe(answer);
    }
    const answer =
      '{"HTTPResponse":{"Ok":{"status_code":200,"url":"","headers":[],"body":"aGk="}}}';
    expect(inBodyForm(answer, "bytes")).toBe(answer.replace('"aGk="', "[104,105]"));
    expect(inBodyForm(answer, "base64")).toBe(answer);
  });
});
