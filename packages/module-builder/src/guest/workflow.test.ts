import { describe, expect, test } from "vitest";
import { buildSource, runBody } from "../build/module-source.testing.ts";
import { runModule } from "../build/run-module.testing.ts";

const message = (type: string, data: unknown): unknown => ({
  Message: [type, JSON.stringify(data)],
});
const now = "TimeNow";

/** Answers calls of one kind with the given answers, in turn. */
function answersTo(kind: string, ...answers: unknown[]): (call: unknown) => unknown {
  return (call) =>
    typeof call === "object" && call !== null && kind in call ? answers.shift() : undefined;
}

describe("input and response", () => {
  test("the returned value is the response", async () => {
    const { response, calls } = await runBody("return { doubled: input.n * 2 };", {
      input: { n: 4 },
    });
    expect(response).toEqual({ doubled: 8 });
    expect(calls).toEqual([{ SendResponse: '{"doubled":8}' }]);
  });

  test("returning nothing responds with null", async () => {
    expect((await runBody("")).response).toBeNull();
  });

  test("context.respond answers earlier, and then the return value is ignored", async () => {
    const { calls } = await runBody(
      'const sent = context.respond("early"); await context.sleep(5); return sent;',
    );
    expect(calls).toEqual([{ SendResponse: '"early"' }, { Sleep: { secs: 0, nanos: 5_000_000 } }]);
  });

  test("a second response is an error", async () => {
    const { failed, logs } = await runBody("context.respond(1); context.respond(2);");
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("responded already");
  });

  test("text in any script is preserved", async () => {
    const text = 'žluťoučký 🐎 \u0000 " \\ \u2028';
    expect((await runBody("return input;", { input: text })).response).toBe(text);
  });
});

describe("sleep", () => {
  test.each([
    ['"3 days"', { secs: 259_200, nanos: 0 }],
    ["1500", { secs: 1, nanos: 500_000_000 }],
    ["0.5", { secs: 0, nanos: 500_000 }],
    ["0", { secs: 0, nanos: 0 }],
  ])("of %s", async (duration, expected) => {
    expect((await runBody(`await context.sleep(${duration});`)).calls[0]).toEqual({
      Sleep: expected,
    });
  });

  test.each(["-1", "NaN", "Infinity", '"soon"', '""'])("of %s is refused", async (duration) => {
    const { logs } = await runBody(`await context.sleep(${duration});`);
    expect(logs[0]?.text).toContain("expected a duration");
  });

  test("several sleeps run at the same time", async () => {
    const { response, calls } = await runBody(`
      const order: number[] = [];
      await Promise.all([30, 10, 20].map(async (ms) => { await context.sleep(ms); order.push(ms); }));
      return order;`);
    expect(response).toEqual([10, 20, 30]);
    expect(calls.filter((call) => call !== now).slice(0, 3)).toEqual(
      [10, 10, 10].map((ms) => ({ Sleep: { secs: 0, nanos: ms * 1e6 } })),
    );
  });

  test("a single sleep doesn't read the clock", async () => {
    const { calls } = await runBody("await context.sleep(1); await context.sleep(2); return 1;");
    expect(calls).not.toContain(now);
  });
});

describe("messages", () => {
  test("receive with one type returns the data", async () => {
    const answer = answersTo("RecvMessage", message("go", { fast: true }));
    const { response, calls } = await runBody('return await context.receive("go");', { answer });
    expect(response).toEqual({ fast: true });
    expect(calls[0]).toEqual({ RecvMessage: [null, ["go"]] });
  });

  test("receive with several types returns which one came", async () => {
    const answer = answersTo("RecvMessage", message("stop", null));
    const { response, calls } = await runBody(
      'return await context.receive(["go", "stop"], { timeout: "1 hour" });',
      { answer },
    );
    expect(response).toEqual({ type: "stop", data: null });
    expect(calls[0]).toEqual({ RecvMessage: [{ secs: 3600, nanos: 0 }, ["go", "stop"]] });
  });

  test("a timeout returns undefined", async () => {
    const { response } = await runBody(
      'return (await context.receive("go", { timeout: 10 })) === undefined;',
    );
    expect(response).toBe(true);
  });

  test("a race with a sleep ends when the sleep does", async () => {
    const { response } = await runBody(
      'return await Promise.race([context.receive("go"), context.sleep("1 minute").then(() => "late")]);',
    );
    expect(response).toBe("late");
  });

  test("of several receivers, the one that waits for the type gets the message", async () => {
    const answer = answersTo("RecvMessage", message("b", 2), message("a", 1));
    const { response, calls } = await runBody(
      'return await Promise.all([context.receive("a"), context.receive("b")]);',
      { answer },
    );
    expect(response).toEqual([1, 2]);
    expect(calls[0]).toEqual({ RecvMessage: [null, ["a", "b"]] });
    expect(calls[1]).toEqual({ RecvMessage: [null, ["a"]] });
  });
});

describe("fetch", () => {
  const ok = (body: string, headers: [string, string][] = []): unknown => ({
    HTTPResponse: {
      Ok: { status_code: 201, url: "https://a.example/after", headers, body: btoa(body) },
    },
  });

  test("sends what it is given, with the client's defaults", async () => {
    const { calls } = await runBody(
      'await context.fetch(new URL("/x", "https://a.example"), { method: "post", headers: { "X-One": "1" }, body: "hé" });',
      { answer: answersTo("HTTPRequest", ok("")) },
    );
    expect(calls[0]).toEqual({
      HTTPRequest: {
        config: {
          idempotent: false,
          timeout: { secs: 120, nanos: 0 },
          response_body_limit: 10_000_000,
        },
        method: "POST",
        url: "https://a.example/x",
        headers: [
          ["content-type", "text/plain;charset=UTF-8"],
          ["x-one", "1"],
        ],
        body: Buffer.from("hé").toString("base64"),
      },
    });
  });

  test("takes idempotent, timeout and responseBodyLimit", async () => {
    const { calls } = await runBody(
      'await context.fetch("https://a.example", { idempotent: true, timeout: "5s", responseBodyLimit: 10 });',
      { answer: answersTo("HTTPRequest", ok("")) },
    );
    expect(calls[0]).toMatchObject({
      HTTPRequest: {
        config: { idempotent: true, timeout: { secs: 5, nanos: 0 }, response_body_limit: 10 },
        method: "GET",
      },
    });
  });

  test("returns a standard response", async () => {
    const answer = answersTo(
      "HTTPRequest",
      ok('{"a":"é"}', [
        ["x-a", "1"],
        ["x-a", "2"],
      ]),
    );
    const { response } = await runBody(
      `const response = await context.fetch("https://a.example");
       const copy = response.clone();
       return { ok: response.ok, status: response.status, url: response.url, header: response.headers.get("X-A"),
         json: await response.json(), text: await copy.text(), used: response.bodyUsed };`,
      { answer },
    );
    // The test's body is Latin-1, as `btoa` encodes it: é alone is not UTF-8.
    expect(response).toMatchObject({
      ok: true,
      status: 201,
      url: "https://a.example/after",
      header: "1, 2",
      used: true,
    });
  });

  test("a status of 400 or more is a response, too", async () => {
    const failure = {
      HTTPResponse: {
        Err: { Status: [404, { status_code: 404, url: "u", headers: [], body: "" }] },
      },
    };
    const { response } = await runBody(
      'const { ok, status } = await context.fetch("https://a.example"); return { ok, status };',
      { answer: answersTo("HTTPRequest", failure) },
    );
    expect(response).toEqual({ ok: false, status: 404 });
  });

  test("a missing response is a FetchError with its kind", async () => {
    const failure = {
      HTTPResponse: {
        Err: { Transport: { kind: "Dns", message: "no such host", url: "https://a.example/" } },
      },
    };
    const { response } = await runBody(
      `try { await context.fetch("https://a.example"); } catch (error) {
         return { isOne: FetchError.is(error), kind: error.kind, url: error.url, message: error.message, name: error.name };
       }`,
      { answer: answersTo("HTTPRequest", failure) },
    );
    expect(response).toEqual({
      isOne: true,
      kind: "Dns",
      url: "https://a.example/",
      message: "Dns: no such host",
      name: "FetchError",
    });
  });

  test("Promise.all sends requests one after the other if the host has no extensions", async () => {
    const { response } = await runBody(
      `const all = await Promise.all(["1", "2"].map((n) => context.fetch("https://a.example/" + n)));
       return Promise.all(all.map((each) => each.text()));`,
      { answer: answersTo("HTTPRequest", ok("first"), ok("second")) },
    );
    expect(response).toEqual(["first", "second"]);
  });

  test.each([
    ["{ agent: null }", "got agent"],
    ["{ body: { a: 1 } }", "use JSON.stringify"],
    ['{ headers: { "a b": "1" } }', "a header's name"],
  ])("refuses %s", async (options, text) => {
    const { logs } = await runBody(
      `await context.fetch("https://a.example", ${options} as never);`,
    );
    expect(logs[0]?.text).toContain(text);
  });
});

describe("random numbers, time and secrets", () => {
  test("random() and Math.random() ask the host", async () => {
    const { response, calls } = await runBody("return [context.random(), Math.random()];");
    expect(response).toEqual([0.001, 0.002]);
    expect(calls.slice(0, 2)).toEqual([{ Random: { F64: 0 } }, { Random: { F64: 0 } }]);
  });

  test("uuid() uses all of 64 bits", async () => {
    const answer = answersTo(
      "Random",
      { raw: '{"Value":{"I64":-1}}' },
      { raw: '{"Value":{"I64":9223372036854775807}}' },
    );
    expect((await runBody("return context.uuid();", { answer })).response).toBe(
      "ffffffff-ffff-4fff-bfff-ffffffffffff",
    );
    expect((await runBody("return crypto.randomUUID();")).response).toBe(
      "00000000-0000-4001-8000-000000000002",
    );
  });

  test("crypto.getRandomValues fills the array", async () => {
    const { response } = await runBody("return [...crypto.getRandomValues(new Uint8Array(10))];");
    expect(response).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
  });

  test("now(), Date and Date.now() use the workflow's time", async () => {
    const { response } = await runBody(
      'await context.sleep("1 day"); return [context.now(), new Date(), new Date(Date.now()), new Date(0)];',
    );
    const day = "2026-01-02T00:00:00.000Z";
    expect(response).toEqual([day, day, day, "1970-01-01T00:00:00.000Z"]);
  });

  test("a secret, or undefined", async () => {
    const answer = answersTo("GetSecret", { Secret: "s3" }, { Secret: null });
    expect(
      (
        await runBody('return [context.secret("A"), context.secret("B") === undefined];', {
          answer,
        })
      ).response,
    ).toEqual(["s3", true]);
  });
});

test("start starts a child workflow, whose number may have 64 bits", async () => {
  const answer = answersTo("StartWorkflow", { raw: '{"Value":{"I64":9007199254740993}}' });
  const { response, calls } = await runBody('return await context.start("other", { a: 1 });', {
    answer,
  });
  expect(response).toEqual({ id: "9007199254740993" });
  expect(calls[0]).toEqual({ StartWorkflow: ["other", '{"a":1}'] });
});

describe("timers", () => {
  test("setTimeout runs callbacks in order of time, and can be cleared", async () => {
    const { response } = await runBody(`
      const log: string[] = [];
      setTimeout((name) => log.push(name), 20, "b");
      setTimeout(() => log.push("a"), 10);
      clearTimeout(setTimeout(() => log.push("never"), 15));
      await context.sleep(30);
      return log;`);
    expect(response).toEqual(["a", "b"]);
  });

  test("setInterval continues until it is cleared", async () => {
    const { response } = await runBody(`
      let count = 0;
      await new Promise<void>((resolve) => {
        const id = setInterval(() => { count += 1; if (count === 3) { clearInterval(id); resolve(); } }, 10);
      });
      return count;`);
    expect(response).toBe(3);
  });

  test("an error in a timer fails the workflow", async () => {
    const { failed, logs } = await runBody(
      'setTimeout(() => { throw new Error("in a timer"); }, 1); await context.sleep(5);',
    );
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("in a timer");
  });
});

test("console writes to the log at its level", async () => {
  const { logs } = await runBody(`
    console.log("a", 1, { b: [2n] }, undefined, null);
    console.info("i"); console.warn("w"); console.debug("d"); console.trace("t");
    console.error(new TypeError("bad"));
    console.assert(1 > 2, "math");`);
  expect(logs.map(({ level, text }) => [level, text.split("\n")[0]])).toEqual([
    ["Info", "a 1 { b: [ 2n ] } undefined null"],
    ["Info", "i"],
    ["Warn", "w"],
    ["Debug", "d"],
    ["Trace", "t"],
    ["Error", "TypeError: bad"],
    ["Error", "Assertion failed: math"],
  ]);
  expect(logs[5]?.text).toMatch(/at test \(orders\.ts:7:\d+\)/);
});

describe("failures", () => {
  test("an uncaught error is logged like a Rust panic, with its location, stack and causes", async () => {
    const { failed, logs, response } = await runBody(`
      const inner = () => { throw new Error("outer", { cause: new TypeError("inner") }); };
      await context.sleep(1);
      inner();`);
    expect(failed).toBe(true);
    expect(response).toBeUndefined();
    expect(logs).toHaveLength(1);
    expect(logs[0]?.level).toBe("Error");
    const lines = logs[0]?.text.split("\n") ?? [];
    expect(lines[0]).toMatch(/^workflow 'test' panicked at 'Error: outer', orders\.ts:5:\d+$/);
    expect(lines[1]).toMatch(/^ {4}at inner \(orders\.ts:5:\d+\)$/);
    expect(lines[2]).toMatch(/^ {4}at test \(orders\.ts:7:\d+\)$/);
    expect(lines[3]).toBe("Caused by: TypeError: inner");
  });

  test("a thrown value that is not an error is logged, too", async () => {
    expect((await runBody("throw { code: 5 };")).logs[0]?.text).toContain(
      `panicked at 'thrown: {"code":5}'`,
    );
  });

  test("an unhandled rejection fails the workflow", async () => {
    const { failed, logs } = await runBody(
      'void Promise.reject(new Error("left alone")); await context.sleep(1); return 1;',
    );
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("left alone");
  });

  test("a rejection that is handled in time does not", async () => {
    expect(
      (await runBody('const p = Promise.reject(new Error("x")); return await p.catch(() => 7);'))
        .response,
    ).toBe(7);
  });

  test("a promise that nothing can settle is reported instead of awaited", async () => {
    const { failed, logs } = await runBody("await new Promise(() => undefined);");
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("waits for a promise that nothing settles");
  });

  test("endless recursion is logged with its stack", async () => {
    const { failed, logs } = await runBody(
      "const down = (n: number): number => 1 + down(n + 1); return down(0);",
    );
    expect(failed).toBe(true);
    expect(logs[0]?.text).toMatch(
      /Maximum call stack size exceeded', orders\.ts:4:\d+\n {4}at down \(/,
    );
  });

  test("so is an endless loop, which nothing can catch", async () => {
    const { failed, logs } = await runBody(
      "try { for (;;) {} } catch {} finally { context.respond(1); }",
    );
    expect(failed).toBe(true);
    expect(logs).toHaveLength(1);
    expect(logs[0]?.text).toMatch(/it computes without end.*', orders\.ts:4:\d+\n {4}at test \(/);
  });

  test("a long computation with host calls in between doesn't count as an endless loop", async () => {
    const { response } = await runBody(
      "for (let round = 0; round < 3; round += 1) { for (let i = 0; i < 2e7; i += 1) {} context.random(); } return 1;",
    );
    expect(response).toBe(1);
  });
});

describe("schemas", () => {
  const source = `import { defineModule, defineWorkflow } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";
export default defineModule({ name: "orders", version: "1", workflows: { test: defineWorkflow({
  input: z.object({ id: z.string(), count: z._default(z.number(), 1) }),
  messages: { go: z.object({ fast: z.boolean() }) },
  run: async (input, context) => {
    context.respond(input as never);
    await context.receive("go");
  },
}) } });`;

  test("a valid input is converted as the schema says", async () => {
    const { wasm } = await buildSource(source);
    const answer = answersTo("RecvMessage", message("go", { fast: true }));
    const { response, failed } = await runModule(wasm, "test", { input: { id: "a" }, answer });
    expect(response).toEqual({ id: "a", count: 1 });
    expect(failed).toBe(false);
  });

  test("an invalid input fails the workflow before it begins", async () => {
    const { wasm } = await buildSource(source);
    const { failed, logs, calls } = await runModule(wasm, "test", { input: { id: 5 } });
    expect(failed).toBe(true);
    expect(calls).toEqual([]);
    expect(logs[0]?.text).toMatch(
      /^workflow 'test' panicked at 'ContractError: The input of the workflow "test".*\$\.id/,
    );
  });

  test("an invalid message fails where it is received", async () => {
    const { wasm } = await buildSource(source);
    const answer = answersTo("RecvMessage", message("go", { fast: 1 }));
    const { failed, logs } = await runModule(wasm, "test", { input: { id: "a" }, answer });
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("$.fast");
  });

  /** A workflow whose response has a schema. */
  const responding = (run: string, schema = "z.object({ at: z.string() })"): string =>
    `import { ContractError, defineModule, defineWorkflow } from "@flawless-ts/wasm-module";
import * as z from "zod/mini";
export default defineModule({ name: "orders", version: "1", workflows: { test: defineWorkflow({
  response: ${schema} as any,
  run: async (_input, context) => { ${run} },
}) } });`;

  test("a response is checked in the form that the caller gets, and sent unchanged", async () => {
    const { wasm } = await buildSource(responding("return { at: new Date(0), more: 1 };"));
    const { response, failed } = await runModule(wasm, "test");
    expect(response).toEqual({ at: "1970-01-01T00:00:00.000Z", more: 1 });
    expect(failed).toBe(false);
  });

  test("an invalid response fails the workflow instead of being sent", async () => {
    const { wasm } = await buildSource(responding("return { at: 7 };"));
    const { response, failed, logs } = await runModule(wasm, "test");
    expect(response).toBeUndefined();
    expect(failed).toBe(true);
    expect(logs[0]?.text).toMatch(
      /^workflow 'test' panicked at 'ContractError: The response of the workflow "test".*\$\.at/,
    );
  });

  test("an invalid early response throws where it is sent, and a valid one may follow", async () => {
    const { wasm } = await buildSource(
      responding(`try { context.respond({ at: 7 }); } catch (error) {
        if (!ContractError.is(error)) throw error;
        context.respond({ at: error.direction });
      }
      return { at: 8 };`),
    );
    const { response, failed } = await runModule(wasm, "test");
    expect(response).toEqual({ at: "response" });
    expect(failed).toBe(false);
  });

  const slow = "z.string().check(z.refine(async () => true))";

  test("an asynchronous schema checks the return value", async () => {
    const { wasm } = await buildSource(responding("return 'fine';", slow));
    expect((await runModule(wasm, "test")).response).toBe("fine");
  });

  test("an asynchronous schema can't check an early response, and says so", async () => {
    const { wasm } = await buildSource(responding("context.respond('fine');", slow));
    const { response, failed, logs } = await runModule(wasm, "test");
    expect(response).toBeUndefined();
    expect(failed).toBe(true);
    expect(logs[0]?.text).toContain("return the response from the workflow instead");
  });
});

describe("globals", () => {
  test.each([
    [
      "new URL('../b?x=1#h', 'https://me:pw@a.example:8443/a/c').href",
      "https://me:pw@a.example:8443/b?x=1#h",
    ],
    [
      "{ const u = new URL('https://a.example'); u.searchParams.append('q', 'a b'); u.hash = 'z'; return u.href; }",
      "https://a.example/?q=a+b#z",
    ],
    ["[URL.canParse('nope'), URL.canParse('https://a')]", [false, true]],
    [
      "[...new URLSearchParams('?a=1&b=%20&a=2')]",
      [
        ["a", "1"],
        ["b", " "],
        ["a", "2"],
      ],
    ],
    [
      "{ const p = new URLSearchParams({ b: '1' }); p.set('a', 'ü'); p.sort(); p.delete('b'); return [String(p), p.size, p.has('a')]; }",
      ["a=%C3%BC", 1, true],
    ],
    ["[btoa('\\xff\\x00'), atob(' /wA=')]", ["/wA=", "\xff\x00"]],
    ["[...new TextEncoder().encode('é\\ud800')]", [0xc3, 0xa9, 0xef, 0xbf, 0xbd]],
    ["new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xa9, 0xff]))", "é\uFFFD"],
    [
      "{ try { new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255])); } catch (e) { return e.name; } }",
      "TypeError",
    ],
    [
      "[...new Headers([['b', '1'], ['A', '2'], ['b', '3'], ['Set-Cookie', 'x'], ['set-cookie', 'y']])]",
      [
        ["a", "2"],
        ["b", "1, 3"],
        ["set-cookie", "x"],
        ["set-cookie", "y"],
      ],
    ],
    ["await Response.json({ a: 1 }, { status: 500 }).json()", { a: 1 }],
    [
      "[typeof process, typeof __engine, typeof globalThis.__engine]",
      ["undefined", "undefined", "undefined"],
    ],
  ])("a workflow has the globals for %s", async (expression, expected) => {
    const body =
      expression.startsWith("{ ") && expression.includes("return")
        ? expression
        : `return ${expression};`;
    expect((await runBody(body)).response).toEqual(expected);
  });
});
