import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  decodeHostCall,
  encodeHostAnswer,
  type HostAnswerOf,
  type HostCall,
} from "@flawless-ts/wasm-module";
import { deferExports, limitModule } from "@flawless-ts/wasm-module/internal";
import { createScenarios } from "../scenarios.ts";
import { configureGarbageCollection } from "../../packages/server/dist/cli/garbage-collection.js";
import type { Guest } from "../../packages/server/dist/executor/guest.js";
import type { GuestMemory } from "../../packages/server/dist/executor/guest-memory.js";
import {
  compileGuestModule,
  type GuestModule,
} from "../../packages/server/dist/executor/guest-module.js";
import { InstancePool } from "../../packages/server/dist/executor/instances/instance-pool.js";
import { serveStretches } from "./stretches.ts";

// The server's module on the server's instances, but without the server: host calls get fake answers. Where the server
// would wait, this waits for a promise that is settled already.

type ValueAnswer = HostAnswerOf<"Value">;

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => GuestModule["module"] };

const moduleLimits = { maxInstanceBytes: 64 * 2 ** 20, maxTableElements: 100_000 };
configureGarbageCollection();
const file = import.meta.resolve("@flawless-ts/wasm-module/fixtures/conformance.wasm");
const bytes = readFileSync(fileURLToPath(file));
const pool = new InstancePool();
pool.add("again", compileGuestModule(bytes, moduleLimits));
pool.add("new", compileForOneUse());

/** As the server does with a module whose instances can't be used again. */
function compileForOneUse(): GuestModule {
  const { bytes: deferred, functions } = deferExports(limitModule(bytes, moduleLimits));
  return { module: new WebAssembly.Module(deferred), functions, reusableBytes: null };
}

/** Stands in for a guest of the server. */
class BareGuest {
  readonly start: { readonly workflow: string };
  readonly stopped: undefined;
  readonly #input: string;
  #memory: GuestMemory | undefined;

  constructor(workflow: string, input: string) {
    this.start = { workflow };
    this.#input = input;
  }

  connect(memory: GuestMemory): void {
    this.#memory = memory;
  }

  submit(
    pointer: number,
    length: number,
    pointerField: number,
    lengthField: number,
  ): number | Promise<number> {
    const memory = this.#memory as GuestMemory;
    const call = decodeHostCall(memory.readText(pointer, length) ?? "");
    const write = (): number =>
      memory.writeAnswer(answerTo(call, this.#input), pointerField, lengthField);
    return call.kind === "HTTPRequest" ? Promise.resolve().then(write) : write();
  }
}

async function run(module: string, workflow: string, input: string): Promise<void> {
  const guest = new BareGuest(workflow, input);
  await pool.take(module).run(guest as unknown as Guest, () => undefined);
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
    createScenarios("http://127.0.0.1/").flatMap(({ workflow, input }) =>
      ["again", "new"].map((module) => [
        `${workflow} ${module}`,
        () => run(module, workflow, input),
      ]),
    ),
  ),
);
