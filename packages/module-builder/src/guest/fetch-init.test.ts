import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";
import { runBody } from "../build/module-source.testing.ts";

const answer =
  (url = "https://a.example/", error?: object) =>
  (call: unknown): unknown => {
    if (typeof call !== "object" || call === null || !("HTTPRequest" in call)) return undefined;
    const ok = { Ok: { status_code: 200, url, headers: [], body: "" } };
    return { HTTPResponse: error === undefined ? ok : { Err: { Transport: error } } };
  };

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly config: { readonly timeout: { readonly secs: number; readonly nanos: number } };
}

/** The requests that a workflow's body sends. */
async function requestsOf(body: string): Promise<readonly Request[]> {
  const { calls, logs } = await runBody(body, { answer: answer() });
  expect(logs).toEqual([]);
  return calls.flatMap((call) =>
    typeof call === "object" && call !== null && "HTTPRequest" in call
      ? [(call as { readonly HTTPRequest: Request }).HTTPRequest]
      : [],
  );
}

test("a member that is undefined is ignored", async () => {
  const names =
    "method headers body signal idempotent timeout responseBodyLimit redirect cache credentials mode keepalive integrity agent".split(
      " ",
    );
  const [bare, full] = await requestsOf(`
    await fetch("https://a.example");
    await fetch("https://a.example", { ${names.map((name) => `${name}: undefined`).join(", ")} } as never);`);
  expect(full).toEqual(bare);
});

test("members that match the actual behavior are accepted", async () => {
  const sent =
    await requestsOf(`await fetch("https://a.example", { redirect: "follow", cache: "no-store",
    credentials: "include", mode: "cors", keepalive: true, integrity: "", referrer: "", referrerPolicy: "no-referrer",
    priority: "high", duplex: "half", window: null, signal: null, body: null } as never);`);
  expect(sent).toHaveLength(1);
});

test.each([
  [
    '{ redirect: "manual" }',
    'takes "follow" as redirect, but got "manual": the host follows redirects',
  ],
  ['{ redirect: "error" }', "look at response.redirected"],
  ['{ cache: "force-cache" }', "the host has no cache"],
  ['{ integrity: "sha256-x" }', "crypto.subtle.digest"],
  ['{ mode: "no-cors" }', "leave it out"],
  ["{ dispatcher: {} }", "got dispatcher"],
  ["{ constructor: 1 }", "got constructor"],
  ["null", "expected fetch's options as an object"],
  ['"GET"', "expected fetch's options as an object"],
  ['{ method: "a b" }', "expected a method"],
  ['{ headers: { a: "1\\r\\nb: 2" } }', "a value of one line"],
  ['{ headers: "a: b" }', "expected headers as an object"],
  ["{ signal: {} }", "expected fetch's signal as an AbortSignal"],
  [
    "{ responseBodyLimit: -1 }",
    "expected responseBodyLimit as a whole number of bytes, but got -1",
  ],
  ["{ responseBodyLimit: 1.5 }", "expected responseBodyLimit"],
  ["{ timeout: Symbol() }", "expected a duration"],
])("%s is refused", async (options, text) => {
  const [value] = await guestValues([`await fetch("https://a.example", ${options} as never)`]);
  expect(value).toEqual({ thrown: expect.stringContaining(text) });
  expect(value).toEqual({ thrown: expect.stringMatching(/^TypeError: /) });
});

test("redirected tells whether the response came from another URL", async () => {
  const redirected = async (asked: string, answered: string): Promise<unknown> => {
    const { response } = await runBody(
      `const response = await fetch(${JSON.stringify(asked)}); return [response.redirected, response.clone().redirected];`,
      { answer: answer(answered) },
    );
    return response;
  };
  expect(await redirected("https://a.example", "https://a.example/")).toEqual([false, false]);
  expect(await redirected("https://A.example/x#part", "https://a.example/x")).toEqual([
    false,
    false,
  ]);
  expect(await redirected("http://a.example/", "https://a.example/")).toEqual([true, true]);
});

test("fetch takes its options from a Request, and explicit options take precedence", async () => {
  const [first, second] = await requestsOf(`
    const request = new Request("https://a.example/x", { method: "post", headers: { a: "1" }, body: new URLSearchParams({ q: "é" }) });
    await fetch(request.clone());
    await fetch(request, { method: "PUT", headers: { b: "2" }, idempotent: true });`);
  expect(first).toMatchObject({ method: "POST", url: "https://a.example/x" });
  expect(first?.headers).toEqual([
    ["a", "1"],
    ["content-type", "application/x-www-form-urlencoded;charset=UTF-8"],
  ]);
  expect(atob(first?.body ?? "")).toBe("q=%C3%A9");
  expect(second).toMatchObject({ method: "PUT", headers: [["b", "2"]], body: first?.body });
});

test("forms and blobs are bodies", async () => {
  const [form, blob] = await requestsOf(`
    const form = new FormData();
    form.append("a", "1\\n2");
    form.append("file", new Blob(["x", new Uint8Array([0, 255])], { type: "Text/X" }), 'n"ame.bin');
    await fetch("https://a.example", { method: "POST", body: form });
    await fetch("https://a.example", { method: "POST", body: new Blob(["hé"], { type: "text/y" }) });`);
  const type = form?.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const sent = new Response(Buffer.from(form?.body ?? "", "base64"), {
    headers: { "content-type": type },
  });
  const read = await sent.formData();
  expect(read.get("a")).toBe("1\r\n2");
  const file = read.get("file") as File;
  expect([file.name, file.type, [...(await file.bytes())]]).toEqual([
    'n"ame.bin',
    "text/x",
    [120, 0, 255],
  ]);
  expect(blob?.headers).toEqual([["content-type", "text/y"]]);
  expect(Buffer.from(blob?.body ?? "", "base64").toString()).toBe("hé");
});

test("an aborted signal keeps a request from being sent", async () => {
  const [byDefault, own, any] = await guestValues([
    'await fetch("https://a.example", { signal: AbortSignal.abort() })',
    '(() => { const c = new AbortController(); c.abort(new RangeError("mine")); return fetch("https://a.example", { signal: c.signal }); })()',
    'await fetch(new Request("https://a.example", { signal: AbortSignal.any([new AbortController().signal, AbortSignal.abort()]) }))',
  ]);
  expect(byDefault).toEqual({ thrown: "AbortError: the operation was aborted" });
  expect(own).toEqual({ thrown: "RangeError: mine" });
  expect(any).toEqual(byDefault);
});

test("AbortSignal.timeout limits the request's time, and the error is a TimeoutError", async () => {
  const [plain, signalled, spent, shorter] = await requestsOf(`
    await fetch("https://a.example");
    await fetch("https://a.example", { signal: AbortSignal.timeout(1500) });
    const signal = AbortSignal.any([AbortSignal.timeout(10_000), new AbortController().signal]);
    await context.sleep(4000);
    await fetch("https://a.example", { signal });
    await fetch("https://a.example", { timeout: 100, signal });`);
  const times = [plain, signalled, spent, shorter].map((request) => request?.config.timeout);
  expect(times).toEqual([
    { secs: 120, nanos: 0 },
    { secs: 1, nanos: 500_000_000 },
    { secs: 6, nanos: 0 },
    { secs: 0, nanos: 100_000_000 },
  ]);

  let nowSeconds = 1000;
  const { response } = await runBody(
    `const seen: unknown[] = [];
     for (const signal of [AbortSignal.timeout(2000), AbortSignal.timeout(9000)]) {
       try { await fetch("https://a.example", { signal }); } catch (error: any) { seen.push([error.name, signal.aborted]); }
     }
     return seen;`,
    {
      answer: (call) => {
        if (call === "TimeNow") {
          return { Time: { secs_since_epoch: nowSeconds, nanos_since_epoch: 0 } };
        }
        const sent = answer("", { kind: "Io", message: "timed out", url: null })(call);
        if (sent !== undefined) nowSeconds += 2;
        return sent;
      },
    },
  );
  expect(response).toEqual([
    ["TimeoutError", true],
    ["FetchError", false],
  ]);
});
