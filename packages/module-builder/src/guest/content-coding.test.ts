import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { guestValues } from "../build/guest-values.testing.ts";
import { runBody } from "../build/module-source.testing.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Answers a request for `https://a.example/N` with the Nth of these. */
function answers(
  ...responses: readonly {
    readonly body: Uint8Array;
    readonly coding: string;
    readonly status?: number;
  }[]
): (call: unknown) => unknown {
  return (call) => {
    const { HTTPRequest: request } = call as { readonly HTTPRequest?: { readonly url: string } };
    if (request === undefined) return undefined;
    const response = responses[Number(new URL(request.url).pathname.slice(1))];
    const headers = [
      ["content-encoding", response?.coding ?? ""],
      ["content-length", String(response?.body.length ?? 0)],
    ];
    const body = base64(response?.body ?? new Uint8Array());
    return {
      HTTPResponse: {
        Ok: { status_code: response?.status ?? 200, url: request.url, headers, body },
      },
    };
  };
}

const fetched = (index: number, read = "text()", options = "{}"): string =>
  `(await context.fetch("https://a.example/${index}", ${options})).${read}`;

const text = "Přílišně žluťoučký kůň. ".repeat(500);
const plain = Buffer.from(text);

test("gzip and deflate are decoded, in any order and number", async () => {
  const bodies = [
    { body: gzipSync(plain), coding: "gzip" },
    { body: gzipSync(plain), coding: "X-GZIP" },
    { body: deflateSync(plain), coding: "deflate" },
    { body: deflateRawSync(plain), coding: "deflate" },
    { body: gzipSync(deflateSync(plain)), coding: "deflate, gzip" },
    {
      body: Buffer.concat([gzipSync(plain.subarray(0, 99)), gzipSync(plain.subarray(99))]),
      coding: "gzip",
    },
    { body: plain, coding: "identity" },
    { body: plain, coding: "" },
  ];
  const values = await guestValues(
    bodies.map((_, index) => fetched(index)),
    { answer: answers(...bodies) },
  );
  expect(values).toEqual(bodies.map(() => ({ value: text })));
});

test("a gzip header may have each of its fields", async () => {
  const whole = gzipSync(plain);
  const extra = Buffer.from([3, 0, 1, 2, 3]);
  const name = Buffer.from("name\0");
  const check = Buffer.from([1, 2]);
  const header = Buffer.from(whole.subarray(0, 10));
  header[3] = 2 | 4 | 8 | 16;
  const body = Buffer.concat([header, extra, name, name, check, whole.subarray(10)]);
  const [value] = await guestValues([fetched(0)], { answer: answers({ body, coding: "gzip" }) });
  expect(value).toEqual({ value: text });
});

test("headers are unchanged, and an absent body is empty", async () => {
  const none = { body: new Uint8Array(), coding: "gzip" };
  const body = gzipSync("x");
  const values = await guestValues(
    [
      `{ const { headers } = ${fetched(0, "clone()")}; return [headers.get("content-encoding"), headers.get("content-length")]; }`,
      ...[1, 2, 3].map((index) => fetched(index)),
      `{ const response = ${fetched(0, "clone()")}; return [await response.clone().text(), await response.text()]; }`,
    ].map((each) => (each.startsWith("{") ? `await (async () => ${each})()` : each)),
    {
      answer: answers(
        { body, coding: "gzip" },
        none,
        { ...none, status: 204 },
        { ...none, status: 304 },
      ),
    },
  );
  expect(values).toEqual([
    { value: ["gzip", String(body.length)] },
    { value: "" },
    { value: "" },
    { value: "" },
    { value: ["x", "x"] },
  ]);
});

test("wrong and unknown codings are errors that name them", async () => {
  const whole = gzipSync(plain);
  const spoilt = Buffer.from(whole);
  spoilt[spoilt.length - 6] = (spoilt[spoilt.length - 6] ?? 0) ^ 1;
  const bodies = [
    { body: whole.subarray(0, whole.length - 20), coding: "gzip" },
    { body: spoilt, coding: "gzip" },
    { body: plain, coding: "gzip" },
    { body: plain, coding: "deflate" },
    { body: brotliCompressSync(plain), coding: "br" },
    { body: plain, coding: "zstd" },
  ];
  const values = await guestValues(
    bodies.map((_, index) => fetched(index)),
    { answer: answers(...bodies) },
  );
  for (const [index, { coding }] of bodies.entries()) {
    expect(values[index], coding).toEqual({
      thrown: expect.stringMatching(new RegExp(`^TypeError: .*content-encoding.* ${coding}\\b`)),
    });
  }
});

test("the limit applies to the decoded body, also for a bomb and for a body that the host has cut", async () => {
  const random = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
  const bodies = [
    { body: gzipSync(Buffer.alloc(50_000_000)), coding: "gzip" },
    { body: gzipSync(gzipSync(Buffer.alloc(50_000_000))), coding: "gzip, gzip" },
    { body: deflateSync(Buffer.alloc(2000)), coding: "deflate" },
    { body: gzipSync(random, { level: 0 }).subarray(0, 1000), coding: "gzip" },
  ];
  const limited = "{ responseBodyLimit: 1000 }";
  const values = await guestValues(
    [
      ...[0, 2, 3].map((index) => fetched(index, "bytes().then((bytes) => bytes.length)", limited)),
      fetched(1, "bytes().then((bytes) => bytes.length)", "{ responseBodyLimit: 100000 }"),
    ],
    { answer: answers(...bodies) },
  );
  const [bomb, deflated, cut, twice] = values;
  expect([bomb, deflated, twice]).toEqual([{ value: 1000 }, { value: 1000 }, { value: 100_000 }]);
  // The output lacks the gzip header and the block's header.
  expect(cut).toEqual({ value: 985 });
});

test("any bytes are decoded correctly", async () => {
  const samples = fc.sample(fc.uint8Array({ maxLength: 3000 }), { numRuns: 60, seed: 11 });
  const bodies = samples.map((bytes, index) =>
    index % 2 === 0
      ? { body: gzipSync(bytes, { level: index % 10 }), coding: "gzip" }
      : { body: deflateSync(bytes, { level: index % 10 }), coding: "deflate" },
  );
  const values = await guestValues(
    bodies.map((_, index) => fetched(index, "bytes().then((bytes) => [...bytes])")),
    { answer: answers(...bodies) },
  );
  expect(values).toEqual(samples.map((bytes) => ({ value: [...bytes] })));
});

test("no header requests a coding, so that a module behaves the same on every host", async () => {
  const { calls } = await runBody(fetched(0), {
    answer: answers({ body: plain, coding: "" }),
  });
  expect(calls[0]).toMatchObject({ HTTPRequest: { headers: [] } });
});
