import { submitErrorCodes } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { TestEngine } from "../testing/test-engine.ts";

const refused = { code: submitErrorCodes.InputDeserializationFailed, output: null };

async function submit(input: string): Promise<unknown> {
  await using engine = await TestEngine.open({ module: "raw_calls", secrets: { s: "x" } });
  return await engine.run("submit", { input });
}

describe("a host call is refused with the ABI's code", () => {
  test.each([
    ["that is empty", ""],
    ["that is no JSON", "{"],
    ["that is a number", "17"],
    ["that is null", "null"],
    ["of an unknown kind", '"Nothing"'],
    ["of an unknown kind with something in it", '{"Nothing":1}'],
    ["of two kinds at once", '{"GetSecret":"a","Log":{"Info":"b"}}'],
    ["named like what every object has", '{"constructor":"a"}'],
    ["named __proto__", '{"__proto__":"a"}'],
    ["without its content", '"GetSecret"'],
    ["with the wrong content", '{"GetSecret":1}'],
    ["with a time that is negative", '{"Sleep":{"secs":-1,"nanos":0}}'],
    ["with a time of too many nanoseconds", '{"Sleep":{"secs":18446744073709551616,"nanos":0}}'],
    ["with a level that there is not", '{"Log":{"Fatal":"a"}}'],
    ["with a type that there is not", '{"Random":{"U8":0}}'],
    ["with half a list", '{"StartWorkflow":["a"]}'],
    ["with half a request", '{"HTTPRequest":{"method":"GET"}}'],
    ["that is nested deeper than anyone means", "[".repeat(100_000)],
  ])("a host call %s is refused with the ABI's code", async (_what, input) => {
    expect(await submit(input)).toEqual(refused);
  });

  test.each([
    ["no UTF-8", [0x22, 0xff, 0xfe, 0x22]],
    ["half a character at the end", [0x22, 0xe2, 0x82]],
    ["zeros", [0, 0, 0, 0]],
  ])("that is %s", async (_what, bytes) => {
    await using engine = await TestEngine.open({ module: "raw_calls" });

    expect(await engine.run("submit_bytes", { bytes })).toEqual(refused);
  });

  test.each(["bad_pointer", "bad_length"])(
    "that is outside the guest's memory: %s",
    async (workflow) => {
      await using engine = await TestEngine.open({ module: "raw_calls" });

      expect(await engine.run(workflow)).toEqual(refused);
    },
  );

  test("whose answer can't be written into the guest's memory", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });

    expect(await engine.run("bad_out_pointer")).toEqual({
      code: submitErrorCodes.OutputWriteFailed,
      output: null,
    });
  });
});

test("a refused call is not recorded in the journal, and a replay refuses it again", async () => {
  await using engine = await TestEngine.open({ module: "raw_calls", limits: { idleGuestMs: 0 } });
  const { id } = await engine.startText("submit", '{"input":"nonsense"}');
  await engine.end(id);

  expect((await engine.steps(id)).map(({ call }) => call)).toEqual([
    '"GetInput"',
    expect.stringContaining("SendResponse"),
  ]);
});

describe("a host call is answered", () => {
  test.each([
    ['"GetInput"', `{"String":${JSON.stringify(JSON.stringify({ input: '"GetInput"' }))}}`],
    ['"TimeNow"', '{"Time":{"secs_since_epoch":1767323045,"nanos_since_epoch":0}}'],
    ['{"GetSecret":"s"}', '{"Secret":"x"}'],
    ['{"GetSecret":"t"}', '{"Secret":null}'],
    ['{"Log":{"Info":"a"}}', '"Unit"'],
    ['{"ReplayDebug":"a"}', '"Unit"'],
    ['{"Sleep":{"secs":0,"nanos":0}}', '"Unit"'],
    ['{"RecvMessage":[{"secs":0,"nanos":0},[]]}', '"Timeout"'],
    [' { "TimeNow" : null } ', '{"Time":{"secs_since_epoch":1767323045,"nanos_since_epoch":0}}'],
  ])("the host call %s is answered", async (input, output) => {
    expect(await submit(input)).toEqual({ code: 0, output });
  });

  test("with whether the response was sent: only the first one is", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const { id, response } = await engine.startText(
      "submit",
      JSON.stringify({ input: JSON.stringify({ SendResponse: '"first"' }) }),
    );
    await engine.end(id);

    expect(response).toBe('"first"');
    expect(await engine.info(id)).toMatchObject({ response: '"first"' });
    const sent = (await engine.steps(id)).filter(({ call }) => call.startsWith('{"SendResponse"'));
    expect(sent.map(({ answer }) => answer)).toEqual([
      '{"ResponseSent":true}',
      '{"ResponseSent":false}',
    ]);
  });

  test("for a request whose body is not base64, as far as it can be read", async () => {
    await using engine = await TestEngine.open({ module: "raw_calls" });
    const config = { idempotent: false, timeout: { secs: 1, nanos: 0 }, response_body_limit: 10 };
    const request = { config, method: "POST", url: "http://site/", headers: [], body: "%%%" };

    expect(
      await engine.run("submit", { input: JSON.stringify({ HTTPRequest: request }) }),
    ).toMatchObject({
      code: 0,
    });
    expect(engine.http.lines).toEqual(["POST /"]);
  });
});
