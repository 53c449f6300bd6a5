import { expect, test } from "vitest";
import { kindOf, sharesOfKinds } from "./kinds.ts";

test("says what a location in a profile belongs to", () => {
  const kinds = {
    "(idle)": "idle",
    "(garbage collector)": "garbage collection",
    "guests (WebAssembly)": "guests (WebAssembly)",
    postMessage: "messages between threads",
    "receiveMessageOnPort node:internal/worker/io": "messages between threads",
    "request undici/lib/dispatcher/agent.js": "undici",
    "handler fastify/lib/route.js": "Fastify",
    writeUtf8String: "sockets and streams",
    "onread node:internal/stream_base_commons": "sockets and streams",
    "parserOnHeadersComplete node:_http_common": "Node's HTTP",
    stringify: "JSON and text",
    "decodeHostCall packages/wasm-module/dist/abi/host-call-codec.js:9": "JSON and text",
    "commit packages/server/dist/engine/committer.js:80": "the server's own code",
    "processTicksAndRejections node:internal/process/task_queues":
      "promises, timers, hooks of Node",
    run: "SQLite",
    "(program)": "native code of Node and V8 (and waiting, but for the main thread)",
  };
  expect(Object.fromEntries(Object.keys(kinds).map((place) => [place, kindOf(place)]))).toEqual(
    kinds,
  );
});

test("divides the time that is not idle", () => {
  const times = [
    { where: "(idle)", milliseconds: 900 },
    { where: "postMessage", milliseconds: 50 },
    { where: "stringify", milliseconds: 20 },
    { where: "parse", milliseconds: 30 },
  ];
  expect(sharesOfKinds(times)).toEqual([
    { kind: "messages between threads", milliseconds: 50, percent: 50 },
    { kind: "JSON and text", milliseconds: 50, percent: 50 },
  ]);
});
