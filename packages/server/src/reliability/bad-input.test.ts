import assert from "node:assert/strict";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { Agent, request } from "undici";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

const genuine = Buffer.from(fixtureBytes("conformance"));
const header = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const boundary = "boundary";
const multipart = `multipart/form-data; boundary=${boundary}`;
const json = "application/json";
const mebibyte = 2 ** 20;
const deploy = "/api/module/deploy";
const start = "/api/workflow/start";
/** A valid start of a workflow. */
const goodStart = {
  module: "conformance",
  version: "1.0.0",
  workflow: "add",
  input: '{"a":2,"b":3}',
};

/** A response as a client without a library sees it. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

let server: ServerProcess;
let waitingId: string;
const dispatcher = new Agent();

beforeAll(async () => {
  server = await ServerProcess.start();
  const conformance = await server.flawless.deploy(genuine);
  waitingId = (await conformance.start("receive", null)).id;
});

afterAll(async () => {
  await dispatcher.close();
  await server?.[Symbol.asyncDispose]();
});

/** After every input, the same process still works. */
afterEach(async () => {
  assert.equal(server.runs, true);
  assert.equal((await server.flawless.health()).status, "ok");
  const { status, body } = await post(start, JSON.stringify(goodStart));
  assert.equal(status, 200, JSON.stringify(body));
  assert.match(JSON.stringify(body), /"response":"5"/);
  const names = (await server.flawless.listModules()).map(({ name }) => name);
  assert.deepEqual(names, ["conformance"]);
});

describe("a module", () => {
  test.each([
    ["that is empty", Buffer.alloc(0)],
    ["that is text", Buffer.from("fn main() {}")],
    ["that is zeros", Buffer.alloc(100_000)],
    ["that is only the start of a header", header.subarray(0, 6)],
    ["of another version of Wasm", Buffer.from([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0])],
    ["that holds nothing", header],
    [
      "with a section of an endless size",
      Buffer.concat([header, Buffer.from("01ffffffff0f", "hex")]),
    ],
    ["with bytes after its end", Buffer.concat([genuine, Buffer.from("more")])],
    ["that imports from env", renameImport("wasabi", "envabi")],
    ["that imports another function", renameImport("submit", "summit")],
    ["that imports from WASI, too", importing("wasi_snapshot_preview1", "fd_write")],
    ["that imports submit with another type", importing("wasabi", "submit")],
  ])("%s is refused", async (_name, bytes) => {
    expect(await post(deploy, modulePart(bytes), multipart)).toEqual(refusal(422));
  });

  test("that is truncated anywhere is refused", async () => {
    const cuts = [1, 2, 8, 100, genuine.length - 100, genuine.length - 1];
    for (let share = 1; share < 20; share += 1) {
      cuts.push(Math.floor((genuine.length * share) / 20));
    }
    for (const cut of cuts) {
      expect(await post(deploy, modulePart(genuine.subarray(0, cut)), multipart)).toEqual(
        refusal(422),
      );
    }
  });

  test("with different bytes under a taken name and version is refused", async () => {
    // A custom section only changes the bytes.
    const other = Buffer.concat([genuine, Buffer.from([0, 2, 1, 0x78])]);
    expect(await post(deploy, modulePart(other), multipart)).toEqual(refusal(409));
  });
});

describe("a multipart body", () => {
  const part = modulePart(genuine);

  test.each([
    ["without any part", Buffer.from(`--${boundary}--\r\n`), multipart],
    ["without anything", Buffer.alloc(0), multipart],
    ["with a part of another name", modulePart(genuine, "wasm"), multipart],
    ["with two parts", Buffer.concat([modulePart(genuine, "module", ""), part]), multipart],
    ["that is cut off", part.subarray(0, part.length / 2), multipart],
    ["without its end", modulePart(genuine, "module", ""), multipart],
    ["without a boundary", part, "multipart/form-data"],
    ["with another boundary", part, "multipart/form-data; boundary=another"],
  ])("%s is refused", async (_name, body, type) => {
    expect(await post(deploy, body, type)).toEqual(refusal(400));
  });

  test.each(["application/wasm", json, "text/plain"])("sent as %s is refused", async (type) => {
    expect(await post(deploy, part, type)).toEqual(refusal(415));
  });
});

describe("the JSON of a start", () => {
  const good = JSON.stringify(goodStart);

  test.each([
    ["that is empty", ""],
    ["that is cut off", good.slice(0, -5)],
    ["that is no JSON", "{module: conformance}"],
    ["that is a list", `[${good}]`],
    ["that is a text", '"conformance"'],
    ["that is null", "null"],
    ["that lacks the module", JSON.stringify({ ...goodStart, module: undefined })],
    ["that lacks the input", JSON.stringify({ ...goodStart, input: undefined })],
    ["with a number for the workflow", JSON.stringify({ ...goodStart, workflow: 1 })],
    ["with an object for the input", JSON.stringify({ ...goodStart, input: { a: 2, b: 3 } })],
    ["with an input that is no JSON", JSON.stringify({ ...goodStart, input: "{a:2}" })],
    ["with a __proto__ key", good.replace("{", '{"__proto__":{"input":"null"},')],
    ["with a constructor key", good.replace("{", '{"constructor":{"prototype":{}},')],
    ["nested very deep", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["with half of a surrogate pair", good.replace("add", String.raw`\ud800`)],
    ["that is not UTF-8", Buffer.from(good.replace("add", "\u00e4dd"), "latin1")],
  ])("%s is refused", async (_name, body) => {
    expect(await post(start, body)).toEqual(refusal(400));
  });

  test("may contain any key in the workflow's own input", async () => {
    const input = '{"__proto__":{"polluted":1},"constructor":{"prototype":{}}}';
    const answer = await post(start, JSON.stringify({ ...goodStart, workflow: "echo", input }));
    expect(answer).toMatchObject({ status: 200, body: { ok: { response: input } } });
  });

  test("with an input that the workflow can't parse fails that workflow", async () => {
    expect(await post(start, JSON.stringify({ ...goodStart, input: '{"a":"two"}' }))).toEqual(
      refusal(422),
    );
  });
});

describe("the JSON of a message", () => {
  test.each([
    ["without a type", '{"data":"null"}'],
    ["without data", '{"type":"approve"}'],
    ["with data that is no JSON", '{"type":"approve","data":"yes"}'],
    ["with a __proto__ key", '{"type":"approve","data":"null","__proto__":{"x":1}}'],
    ["that is cut off", '{"type":"approve"'],
  ])("%s is refused", async (_name, body) => {
    expect(await post(`/api/workflow/send-msg/${waitingId}`, body)).toEqual(refusal(400));
  });
});

describe("what does not exist", () => {
  const strange = ["", " ", "nothing", "__proto__", "constructor", "toString", "../..", "\u0000"];

  test.each(["module", "version", "workflow"] as const)("as a %s is not started", async (name) => {
    for (const value of strange) {
      expect(await post(start, JSON.stringify({ ...goodStart, [name]: value }))).toEqual(
        refusal(404),
      );
    }
  });

  test.each([
    "nothing",
    "wkf_",
    "wkf_zzzzzzzzzz",
    "wkf_0",
    "wkf___proto__",
    "__proto__",
    "-1",
    "%00",
  ])("is not found under the id %s", async (id) => {
    const message = '{"type":"approve","data":"null"}';
    expect(await post(`/api/workflow/send-msg/${id}`, message)).toEqual(refusal(404));
    expect(await post(`/api/workflows/${id}/cancel`, "")).toEqual(refusal(404));
    for (const view of ["", "/journal", "/wait"]) {
      expect(await get(`/api/workflows/${id}${view}`)).toEqual(refusal(404));
    }
  });

  test.each(["/no-page", "/api", "/api/workflow", "/api/workflows/a/b/c", "/dashboard"])(
    "is not found at %s",
    async (path) => {
      expect(await get(path)).toEqual(refusal(404));
    },
  );
});

describe("64 MiB", () => {
  const much = Buffer.alloc(64 * mebibyte, "x");

  test("of a module are refused", async () => {
    expect(await post(deploy, modulePart(much), multipart)).toEqual(refusal(413));
  });

  test.each([
    ["a start", start, '{"module":"'],
    ["a message", "/api/workflow/send-msg/wkf_0", '{"type":"'],
  ])("of %s are refused", async (_name, path, begin) => {
    const body = Buffer.concat([Buffer.from(begin), much, Buffer.from('"}')]);
    expect(await post(path, body)).toEqual(refusal(413));
  });
});

/** The response to a refused request. */
function refusal(status: number): Answer {
  return { status, body: expect.objectContaining({ error: expect.stringMatching(/\S/) }) };
}

async function post(path: string, body: string | Uint8Array, type: string = json): Promise<Answer> {
  return answerOf(path, { method: "POST", body, headers: { "content-type": type } });
}

async function get(path: string): Promise<Answer> {
  return answerOf(path, { method: "GET" });
}

async function answerOf(
  path: string,
  options: NonNullable<Parameters<typeof request>[1]>,
): Promise<Answer> {
  const { statusCode, body } = await request(`${server.url}${path}`, { dispatcher, ...options });
  return { status: statusCode, body: await body.json() };
}

/** A multipart body like the real client's; with another `end`, something may follow. */
function modulePart(bytes: Uint8Array, name = "module", end = `--${boundary}--\r\n`): Buffer {
  const headers = `Content-Disposition: form-data; name="${name}"\r\nContent-Type: application/wasm`;
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`),
    bytes,
    Buffer.from(`\r\n${end}`),
  ]);
}

/** The genuine module, except that its single import has another module or function name. */
function renameImport(from: string, to: string): Buffer {
  const renamed = Buffer.from(genuine);
  const position = renamed.indexOf(`${lengthPrefixed("wasabi")}${lengthPrefixed("submit")}`);
  expect(position).toBeGreaterThan(0);
  renamed.write(to, renamed.indexOf(from, position));
  return renamed;
}

/** A module that only imports a function without parameters and results. */
function importing(module: string, name: string): Buffer {
  const type = Buffer.from([1, 0x60, 0, 0]);
  const entry = `\u0001${lengthPrefixed(module)}${lengthPrefixed(name)}\u0000\u0000`;
  return Buffer.concat([
    header,
    Buffer.from([1, type.length]),
    type,
    Buffer.from([2, entry.length]),
    Buffer.from(entry),
  ]);
}

/** A name as encoded in Wasm. */
function lengthPrefixed(name: string): string {
  return String.fromCharCode(name.length) + name;
}
