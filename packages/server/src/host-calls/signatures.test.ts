import { describe, expect, test } from "vitest";
import { TestEngine } from "../testing/test-engine.ts";

test.each([
  ["neither input nor response", "plain", "null", "null"],
  ["input only", "input_only", '{"id":7,"item":"lamp"}', "null"],
  ["response only", "response_only", "null", '"hello"'],
  ["input and response", "add", '{"a":2,"b":3}', "5"],
  ["a response of null", "noop", "null", "null"],
])("a workflow with %s", async (_what, workflow, input, response) => {
  await using engine = await TestEngine.open();
  const started = await engine.startText(workflow, input);

  expect(started.response).toBe(response);
  expect(await engine.end(started.id)).toMatchObject({
    status: "completed",
    response,
    error: null,
  });
});

test("a workflow without a response has answered before it runs", async () => {
  await using engine = await TestEngine.open();
  const { id } = await engine.startText("input_only", '{"id":7,"item":"lamp"}');
  await engine.end(id);
  const calls = (await engine.steps(id)).map(({ call }) => call);

  expect(calls).toEqual([
    '"GetInput"',
    '{"SendResponse":"null"}',
    '{"Log":{"Info":"order 7: lamp"}}',
  ]);
});

test("a workflow that drops its response gives its caller null when it ends", async () => {
  await using engine = await TestEngine.open();
  const { id, response } = await engine.startText("drops_response");

  expect(response).toBeNull();
  expect(await engine.info(id)).toMatchObject({ status: "completed", response: null });
});

describe("input and response", () => {
  test.each([
    ["64-bit integers", '{"large":18446744073709551615,"small":-9223372036854775808}'],
    ["decimals of many digits", "[0.1000000000000000055511151231257827,1e400]"],
    ["white space and escapes", ' { "a" : "\\u00e9\\u0000" } '.trim()],
    ["characters beyond the basic plane", '"\u{1F600}\u{10FFFF}"'],
    ["__proto__ keys", '{"__proto__":{"a":1},"constructor":null}'],
    ["deep nesting", `${"[".repeat(100)}${"]".repeat(100)}`],
    ["a megabyte", JSON.stringify("x".repeat(2 ** 20))],
  ])("keep every character: %s", async (_what, text) => {
    await using engine = await TestEngine.open();

    expect((await engine.startText("echo", text)).response).toBe(text);
  });

  test("add up over the whole range of 64 bits", async () => {
    await using engine = await TestEngine.open();
    const input = '{"a":9223372036854775807,"b":2}';

    expect((await engine.startText("add", input)).response).toBe("-9223372036854775807");
  });
});

test("input of the wrong shape makes the guest panic", async () => {
  await using engine = await TestEngine.open();

  await expect(engine.run("add", { a: 1 })).rejects.toMatchObject({
    code: "WORKFLOW_FAILED",
    message: expect.stringContaining("missing field `b`") as string,
  });
});
