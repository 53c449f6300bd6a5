import { describe, expect, test } from "vitest";
import { buildSource, runBody } from "../build/module-source.testing.ts";
import { runModule, type TestHost, type TestOutcome } from "../build/run-module.testing.ts";

const big = "9007199254740993";

/** The JSON text of the workflow's response. */
function responseText({ calls }: TestOutcome): unknown {
  return (calls as readonly { readonly SendResponse?: string }[]).find(
    (call) => call.SendResponse !== undefined,
  )?.SendResponse;
}

describe("64-bit integers keep their digits", () => {
  test("in an input, and in a response", async () => {
    const text = `{"id":${big},"list":[-9223372036854775808,18446744073709551615,9007199254740991,1e300]}`;
    const outcome = await runBody(
      "console.log(typeof input.id, typeof input.list[2], String(input.id + 1n)); return input;",
      { inputText: text },
    );
    expect(outcome.logs[0]?.text).toBe("bigint number 9007199254740994");
    expect(responseText(outcome)).toBe(text.replace("1e300", "1e+300"));
  });

  test("in a message, and in a child's input", async () => {
    const outcome = await runBody(
      'const id = await context.receive("go"); await context.start("child", { id, small: 5n }); return id;',
      {
        answer: (call) => {
          if (typeof call !== "object" || call === null) return undefined;
          if ("RecvMessage" in call) return { Message: ["go", big] };
          return "StartWorkflow" in call ? { WorkflowStarted: 7 } : undefined;
        },
      },
    );
    expect(outcome.calls).toContainEqual({ StartWorkflow: ["child", `{"id":${big},"small":5}`] });
    expect(responseText(outcome)).toBe(big);
  });

  test("numbers as large as 64-bit integers stay numbers", async () => {
    expect(responseText(await runBody("return [2 ** 60, 2n ** 60n];"))).toBe(
      "[1.152921504606847e+18,1152921504606846976]",
    );
  });

  test("also if a schema checks them", async () => {
    const { wasm } =
      await buildSource(`import { defineModule, defineWorkflow } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";
const id = z.union([z.int(), z.bigint()]);
export default defineModule({ name: "orders", version: "1", workflows: { test: defineWorkflow({
  input: z.object({ id }), response: id, run: async (input) => input.id,
}), rounded: defineWorkflow({ input: z.object({ id: z.number() }), run: async () => undefined }) } });`);
    const inputText = `{"id":${big}}`;
    expect(responseText(await runModule(wasm, "test", { inputText }))).toBe(big);
    const { failed, logs } = await runModule(wasm, "rounded", { inputText });
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("$.id");
  });
});

describe("values that JSON can't represent are refused with their path", () => {
  test.each([
    ["{ a: [NaN] }", "the number NaN at $.a[0]"],
    ["{ n: 2n ** 64n }", "18446744073709551616, which has more than 64 bits, at $.n"],
    ["{ f: () => 1 }", "a function at $.f"],
    ["Symbol('a')", "a symbol at $"],
    ["{ m: new Map() }", "a Map (use Object.fromEntries) at $.m"],
    ["{ s: new Set() }", "a Set (use an array) at $.s"],
    ["{ w: new WeakMap() }", "an instance of WeakMap"],
    ["{ e: new RangeError('x') }", "an Error (send its message) at $.e"],
    ["{ r: /x/ }", "a RegExp (send its source) at $.r"],
    ["{ p: Promise.resolve(1) }", "a Promise (forgotten `await`?) at $.p"],
    ["{ b: new Uint8Array(2) }", "bytes (encode them, for example as base64) at $.b"],
    ["{ b: new ArrayBuffer(2) }", "at $.b"],
    ["[{ d: new Date(NaN) }]", "an invalid Date at $[0].d"],
    ["{ g: new (class Bill { get total() { return 5; } })() }", "whose getter `total`"],
    ["new URLSearchParams('a=b')", "URLSearchParams"],
    [
      "(() => { const a: any = {}; a.b = [a]; return a; })()",
      "a value that contains itself at $.b[0]",
    ],
    ["{ t: '\\ud800' }", "half of a surrogate pair at $.t"],
  ])("%s is refused with its path", async (value, problem) => {
    const returned = await runBody(`return ${value};`);
    expect(returned.failed).toBe(true);
    expect(responseText(returned)).toBeUndefined();
    expect(returned.logs[0]?.text).toContain(
      "NotJsonError: The response cannot be written as JSON: ",
    );
    expect(returned.logs[0]?.text).toContain(problem);
    const caught = await runBody(
      `const problems: unknown[] = [];
      for (const send of [() => context.respond(${value}), () => context.start("child", ${value})]) {
        try { await send(); } catch (error) { problems.push(NotJsonError.is(error), error.code, error.message); }
      }
      return problems;`,
    );
    expect(caught.calls).toHaveLength(1);
    expect(caught.response).toEqual([
      true,
      "FLAWLESS_NOT_JSON",
      expect.stringContaining(problem),
      true,
      "FLAWLESS_NOT_JSON",
      expect.stringContaining('The input of the workflow "child" cannot be written as JSON'),
    ]);
  });

  test("toJSON is respected", async () => {
    const { response } = await runBody(
      "return { at: new Date(0), url: new URL('https://a.example'), m: { toJSON: () => 5n }, left: undefined };",
    );
    expect(response).toEqual({ at: "1970-01-01T00:00:00.000Z", url: "https://a.example/", m: 5 });
  });
});

describe("a workflow that is started without an input", () => {
  const input = async (signature: string, host?: TestHost): Promise<unknown> => {
    const { wasm } = await buildSource(`import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "orders", version: "1", workflows: { test: async (${signature}) => ({
  got: typeof i === "undefined" ? "nothing" : i,
}) } });`);
    return (await runModule(wasm, "test", host)).response;
  };

  test.each([
    ["i?: { a: number }", "nothing"],
    ["i: { a: number } | undefined", "nothing"],
    ["i = { a: 7 }", { a: 7 }],
    ["{ i } = { i: 7 }", 7],
    ["{ i = 8 }: { i?: number } = {}", 8],
    ["...[i = 9]: [number?]", 9],
  ])("(%s)", async (signature, got) => {
    expect(await input(signature)).toEqual({ got });
  });

  test.each([
    ["i?: { a: number }", { a: 1 }, { a: 1 }],
    ["i = { a: 7 }", { a: 1 }, { a: 1 }],
    ["i?: { a: number }, context?: unknown", { a: 2 }, { a: 2 }],
    ["{ i } = { i: 7 }", { i: 1 }, 1],
    ["i = 7", 0, 0],
    ["i = true", false, false],
    ["i = 'a'", "", ""],
  ])("(%s) gets what it is started with otherwise", async (signature, given, got) => {
    expect(await input(signature, { input: given })).toEqual({ got });
  });

  test.each([
    ["z.optional(z.string())", "undefined"],
    ["z.nullable(z.string())", "null"],
    ["z.nullish(z.string())", "null"],
    ["z._default(z.string(), 'a')", "a"],
    ["z.optional(z.string().check(z.refine(async () => true)))", "undefined"],
  ])("has what %s makes of it", async (schema, got) => {
    const { wasm } =
      await buildSource(`import { defineModule, defineWorkflow } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";
export default defineModule({ name: "orders", version: "1", workflows: { test: defineWorkflow({
  input: ${schema}, response: z.optional(z.string()),
  run: async (input) => String(input),
}), none: defineWorkflow({ response: z.optional(z.string()), run: async () => undefined }) } });`);
    expect(await runModule(wasm, "test")).toMatchObject({ failed: false, response: got });
    expect(await runModule(wasm, "none")).toMatchObject({ failed: false, response: null });
  });
});
