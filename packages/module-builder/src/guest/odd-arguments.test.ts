import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";
import { runBody } from "../build/module-source.testing.ts";

/** Values that functions of the context hardly expect, as expressions. */
const odd = [
  "undefined",
  "null",
  "true",
  "0",
  "-1",
  "-0",
  "NaN",
  "Infinity",
  "1e300",
  "2 ** 53",
  "0.1",
  "7n",
  "''",
  "'\\0'",
  "'\\ud800'",
  "'x'.repeat(200)",
  "Symbol('s')",
  "[]",
  "[null]",
  "['a', 1]",
  "{}",
  "{ timeout: 'soon' }",
  "{ timeout: Symbol('t') }",
  "() => 1",
  "class A {}",
  "new Date(NaN)",
  "new Date(0)",
  "/x/",
  "new Map()",
  "new Proxy({}, {})",
  "Object.create(null)",
  "new Error('e')",
  "Promise.resolve(1)",
  "{ toString() { throw new Error('toString'); } }",
  "{ get timeout() { throw new Error('getter'); } }",
  "new Uint8Array(3)",
  "globalThis",
];
const calls: readonly ((value: string) => string)[] = [
  (value) => `context.sleep(${value} as never)`,
  (value) => `context.receive(${value} as never, { timeout: 1 })`,
  (value) =>
    `context.receive("type", ${value === "undefined" ? "{ timeout: 1 }" : value} as never)`,
  (value) => `context.receive("type", { timeout: ${value} } as never)`,
  (value) => `context.secret(${value} as never)`,
  (value) => `context.start(${value} as never)`,
  (value) => `context.fetch(${value} as never)`,
  (value) => `context.fetch("https://a.example", ${value} as never)`,
  ...[
    "method",
    "headers",
    "body",
    "timeout",
    "responseBodyLimit",
    "signal",
    "idempotent",
    "redirect",
  ].map(
    (name) => (value: string) =>
      `context.fetch("https://a.example", { method: "POST", ${name}: ${value} } as never)`,
  ),
  (value) => `setTimeout(${value} as never, 1)`,
  (value) => `setTimeout(() => undefined, ${value} as never)`,
  (value) => `clearTimeout(${value} as never)`,
  (value) => `structuredClone(${value})`,
  (value) => `new Headers(${value} as never)`,
  (value) => `new Blob(${value} as never)`,
  (value) => `new Response(${value} as never)`,
  (value) => `AbortSignal.timeout(${value} as never)`,
  (value) => `AbortSignal.any(${value} as never)`,
  (value) => `crypto.subtle.digest(${value} as never, ${value} as never)`,
  (value) => `new TextDecoder(${value} as never)`,
];

/** The form that each host call must have, so that hosts can read it. Source: `Input` in the crate flawless-wasabi. */
function problemOf(call: unknown): string | undefined {
  const text = JSON.stringify(call);
  const isText = (value: unknown): boolean => typeof value === "string" && value.isWellFormed();
  const isDuration = (value: unknown): boolean => {
    const { secs, nanos } = value as { readonly secs: unknown; readonly nanos: unknown };
    return Number.isSafeInteger(secs) && Number.isSafeInteger(nanos) && Number(nanos) < 1e9;
  };
  if (call === "TimeNow") return undefined;
  const [[kind, value] = ["", undefined]] = Object.entries(call as object);
  switch (kind) {
    case "Sleep":
      return isDuration(value) ? undefined : text;
    case "RecvMessage": {
      const [wait, types] = value as [unknown, unknown[]];
      const isFine = (wait === null || isDuration(wait)) && types.length > 0 && types.every(isText);
      return isFine ? undefined : text;
    }
    case "StartWorkflow":
      return (value as unknown[]).every(isText) ? undefined : text;
    case "GetSecret":
    case "SendResponse":
      return isText(value) ? undefined : text;
    case "HTTPRequest": {
      const { config, method, url, headers, body } = value as Record<string, unknown> & {
        readonly config: Record<string, unknown>;
        readonly headers: readonly unknown[][];
      };
      const isFine =
        isDuration(config["timeout"]) &&
        Number.isSafeInteger(config["response_body_limit"]) &&
        typeof config["idempotent"] === "boolean" &&
        [method, url, body].every(isText) &&
        headers.flat().every(isText);
      return isFine ? undefined : text;
    }
    default:
      return kind === "Random" ? undefined : text;
  }
}

const answer = (call: unknown): unknown => {
  if (typeof call !== "object" || call === null) return undefined;
  if ("StartWorkflow" in call) return { Value: { I64: 1 } };
  if ("RecvMessage" in call) return "Timeout";
  const ok = { Ok: { status_code: 200, url: "", headers: [], body: "" } };
  return "HTTPRequest" in call ? { HTTPResponse: ok } : undefined;
};

test("any argument leads to a call that the host can read, or to an error with a name", async () => {
  const expressions = calls.flatMap((call) =>
    odd.map((value) => `await (async () => (await ${call(value)}, 'fine'))()`),
  );
  const problems: string[] = [];
  const values = await guestValues(expressions, {
    answer: (call) => {
      const problem = problemOf(call);
      if (problem !== undefined) problems.push(problem);
      return answer(call);
    },
  });
  expect(problems).toEqual([]);
  const thrown = values.flatMap((value, index) =>
    "thrown" in value ? [`${value.thrown} <- ${expressions[index]}`] : [],
  );
  expect(thrown.length).toBeGreaterThan(odd.length);
  // No value causes accidental errors: each error says what is wrong, or was thrown by the value itself.
  expect(
    thrown.filter((text) =>
      /of (?:undefined|null)\b(?! to)|not a function|not iterable|code -\d/.test(
        text.split("<-")[0] ?? "",
      ),
    ),
  ).toEqual([]);
});

test("the errors say what was expected and what was given", async () => {
  const [sleep, receive, none, start, input, secret] = await guestValues([
    "await context.sleep(1e300)",
    "await context.receive(Symbol('s') as never)",
    "await context.receive([] as never)",
    "await context.start(7 as never)",
    "await context.start('w', Symbol())",
    "context.secret(['a'] as never)",
  ]);
  expect(sleep).toEqual({
    thrown:
      'TypeError: expected a duration in milliseconds, or as text such as "3 days", of up to 285,000 years, but got 1e+300',
  });
  expect(receive).toEqual({
    thrown:
      "TypeError: expected a message's type as text, or an array of at least one, but got a symbol",
  });
  expect(none).toEqual({ thrown: expect.stringContaining("but got an empty array") });
  expect(start).toEqual({ thrown: "TypeError: expected a workflow's name as text, but got 7" });
  expect(input).toEqual({ thrown: expect.stringMatching(/^NotJsonError: .*a symbol/) });
  expect(secret).toEqual({ thrown: expect.stringContaining("expected a secret's name as text") });
});

test("too deeply nested JSON is an error that can be caught", async () => {
  const { response, failed } = await runBody(`
    const names: string[] = [];
    for (const work of [
      () => JSON.parse("[".repeat(5000) + "]".repeat(5000)),
      () => JSON.parse('{"a":'.repeat(1e5) + "1" + "}".repeat(1e5)),
      () => { let value: unknown = 1; for (let n = 0; n < 5000; n += 1) value = [value]; return JSON.stringify(value); },
      () => { let value: unknown = 1; for (let n = 0; n < 1e5; n += 1) value = { value }; return JSON.stringify(value); },
      () => { const value = { toJSON: () => JSON.parse(JSON.stringify({ value })) }; return JSON.stringify(value); },
    ]) try { work(); names.push("fine"); } catch (error: any) { names.push(error.name + ": " + error.message); }
    return [names, JSON.parse("[".repeat(1000) + "]".repeat(1000)).length, JSON.parse("[1]", (_, value) => value), JSON.stringify({ a: [1] }, null, 1)];`);
  expect(failed).toBe(false);
  const [names, ...others] = response as [string[], ...unknown[]];
  const refused = (name: string): unknown =>
    expect.stringMatching(new RegExp(`^RangeError: JSON\\.${name} takes a few thousand levels`));
  expect(names).toEqual([
    refused("parse"),
    refused("parse"),
    refused("stringify"),
    refused("stringify"),
    refused("stringify"),
  ]);
  expect(others).toEqual([1, [1], '{\n "a": [\n  1\n ]\n}']);
});

test("a too deeply nested response or input fails the workflow with an error, too", async () => {
  const response = await runBody(
    "let value: unknown = 1; for (let n = 0; n < 5000; n += 1) value = [value]; return value;",
  );
  expect(response.failed).toBe(true);
  expect(response.logs[0]?.text).toContain("NotJsonError: The response cannot be written as JSON");

  let input: unknown = 1;
  for (let level = 0; level < 5000; level += 1) input = [input];
  const given = await runBody("return 1;", { input });
  expect(given.failed).toBe(true);
  expect(given.logs[0]?.text).toContain("RangeError: JSON.parse takes a few thousand levels");
});
