import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  decodeHostCall,
  encodeHostAnswer,
  type HostAnswerOf,
  type HostCall,
} from "@flawless-ts/wasm-module";
import {
  deferExports,
  initExportName,
  limitModule,
  runExportName,
  workflowTableName,
} from "@flawless-ts/wasm-module/internal";
import { createScenarios } from "../scenarios.ts";
import { configureGarbageCollection } from "../../packages/server/dist/cli/garbage-collection.js";
import { serveStretches } from "./stretches.ts";

// Instances of the server's module, prepared in the same way but without the server: each is created, runs one workflow
// under JSPI, and is dropped. Host calls get fake answers. Where the server would wait, this waits for a promise that
// is settled already.

/** The part of the WebAssembly API used here, which TypeScript's Node types lack. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
  readonly Suspending: new (call: (...parameters: number[]) => number | Promise<number>) => object;
  promising(exported: unknown): () => Promise<unknown>;
};

type ValueAnswer = HostAnswerOf<"Value">;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly "wasabi::alloc": (length: number) => number;
  readonly [name: string]: unknown;
}

const moduleLimits = { maxInstanceBytes: 64 * 2 ** 20, maxTableElements: 100_000 };
configureGarbageCollection();
const file = import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm");
const { bytes, functions } = deferExports(
  limitModule(readFileSync(fileURLToPath(file)), moduleLimits),
);
const module = new WebAssembly.Module(bytes);
const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

async function run(workflow: string, input: string): Promise<void> {
  let exports: Exports | undefined;
  const submit = (
    pointer: number,
    length: number,
    pointerPlace: number,
    lengthPlace: number,
  ): number | Promise<number> => {
    if (exports === undefined) {
      throw new Error("a call before the instance is there");
    }
    const { memory, "wasabi::alloc": alloc } = exports;
    const call = decodeHostCall(decoder.decode(new Uint8Array(memory.buffer, pointer, length)));
    const answer = encoder.encode(answerTo(call, input));
    const write = (): number => {
      const place = alloc(answer.length) >>> 0;
      new Uint8Array(memory.buffer, place, answer.length).set(answer);
      const view = new DataView(memory.buffer);
      view.setUint32(pointerPlace >>> 0, place, true);
      view.setUint32(lengthPlace >>> 0, answer.length, true);
      return 0;
    };
    return call.kind === "HTTPRequest" ? Promise.resolve().then(write) : write();
  };
  const instance = new WebAssembly.Instance(module, {
    wasabi: { submit: new WebAssembly.Suspending(submit) },
  });
  exports = instance.exports;
  const table = exports[workflowTableName] as { get(place: number): unknown };
  for (const name of [initExportName(workflow), runExportName(workflow)]) {
    const place = functions?.get(name);
    await WebAssembly.promising(place === undefined ? exports[name] : table.get(place))();
  }
}

function answerTo(call: HostCall, input: string): string {
  switch (call.kind) {
    case "GetInput":
      return encodeHostAnswer({ kind: "String", value: input });
    case "SendResponse":
      return encodeHostAnswer({ kind: "ResponseSent", sent: true });
    case "Random":
      return encodeHostAnswer(valueOf(call.type));
    case "TimeNow":
      return encodeHostAnswer({ kind: "Time", sinceEpoch: { secs: 1n, nanos: 0 } });
    case "HTTPRequest": {
      const response = { statusCode: 200, url: call.request.url, headers: [], body: "b2s=" };
      return encodeHostAnswer({ kind: "HTTPResponse", result: { kind: "Ok", response } });
    }
    default:
      return encodeHostAnswer({ kind: "Unit" });
  }
}

function valueOf(type: ValueAnswer["type"]): ValueAnswer {
  switch (type) {
    case "Bool":
      return { kind: "Value", type, value: true };
    case "I64":
      return { kind: "Value", type, value: 1n };
    default:
      return { kind: "Value", type, value: 1 };
  }
}

serveStretches(
  Object.fromEntries(
    createScenarios("http://127.0.0.1/").map(({ workflow, input }) => [
      workflow,
      () => run(workflow, input),
    ]),
  ),
);
