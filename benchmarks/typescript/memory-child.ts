import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { decodeHostCall, encodeHostAnswer } from "@flawless-ts/wasm-module";
import { initExportName, runExportName } from "@flawless-ts/wasm-module/internal";

// Starts instances of a module as the server does, each up to its first sleep, and prints how much memory one takes, as
// JSON.

/** The part of the WebAssembly API used here, which TypeScript's Node types lack. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
  readonly Suspending: new (call: (...parameters: number[]) => number | Promise<number>) => object;
  promising(exported: unknown): () => Promise<unknown>;
};
declare const gc: () => void;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly "wasabi::alloc": (length: number) => number;
  readonly [name: string]: unknown;
}

const workflow = "sleep_steps";
const input = JSON.stringify({ count: 2, ms: 60_000 });
const warmUps = 20;
const count = 300;
const pageBytes = 4096;

const [file = ""] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(file));
const instances: Exports[] = [];

/** Resolves when the instance sleeps. */
async function start(): Promise<void> {
  const asleep = Promise.withResolvers<void>();
  let exports: Exports | undefined;
  const submit = (
    pointer: number,
    length: number,
    pointerPlace: number,
    lengthPlace: number,
  ): number | Promise<number> => {
    if (exports === undefined) throw new Error("a call before the instance is there");
    const call = decodeHostCall(
      new TextDecoder().decode(new Uint8Array(exports.memory.buffer, pointer, length)),
    );
    if (call.kind === "Sleep") {
      asleep.resolve();
      return Promise.withResolvers<number>().promise;
    }
    if (call.kind !== "GetInput") throw new Error(`did not expect the host call ${call.kind}`);
    const answer = new TextEncoder().encode(encodeHostAnswer({ kind: "String", value: input }));
    const place = exports["wasabi::alloc"](answer.length);
    new Uint8Array(exports.memory.buffer, place, answer.length).set(answer);
    const view = new DataView(exports.memory.buffer);
    view.setUint32(pointerPlace, place, true);
    view.setUint32(lengthPlace, answer.length, true);
    return 0;
  };
  const imports = { wasabi: { submit: new WebAssembly.Suspending(submit) } };
  const created = new WebAssembly.Instance(module, imports).exports as Exports;
  exports = created;
  instances.push(created);
  await WebAssembly.promising(created[initExportName(workflow)])();
  WebAssembly.promising(created[runExportName(workflow)])().catch(asleep.reject);
  await asleep.promise;
}

async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let turn = 0; turn < 3; turn += 1) {
    gc();
    await wait(50);
  }
  return process.memoryUsage();
}

function touchedBytes({ memory }: Exports): number {
  const pages = memory.buffer.byteLength / pageBytes;
  let touched = 0;
  for (let page = 0; page < pages; page += 1) {
    const words = new BigUint64Array(memory.buffer, page * pageBytes, pageBytes / 8);
    if (words.some((word) => word !== 0n)) touched += pageBytes;
  }
  return touched;
}

for (let index = 0; index < warmUps; index += 1) await start();
const before = await settled();
for (let index = 0; index < count; index += 1) await start();
const after = await settled();
const [first] = instances;
console.log(
  JSON.stringify({
    resident: (after.rss - before.rss) / count,
    objects: (after.heapUsed - before.heapUsed) / count,
    linear: first === undefined ? 0 : touchedBytes(first),
  }),
);
process.exit(0);
