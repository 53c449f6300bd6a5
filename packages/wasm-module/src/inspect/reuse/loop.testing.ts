import { deferExports, type workflowTableName } from "../defer-exports.ts";
import { initExportName, runExportName } from "../export-names.ts";
import { hostFunctionsModule } from "./host-functions.ts";
import { afterEnd, hostPlaces, placeBits } from "./loop-code.ts";
import { hostTableName, loopExportName, makeReusable, pagesExportName } from "./make-reusable.ts";

// Runs workflows in the loop, and in new instances of the module as it was, with the same answers.

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly "wasabi::alloc": (length: number) => number;
  readonly [pagesExportName]: { readonly value: number };
  readonly [hostTableName]: { set(place: number, value: unknown): void };
  readonly [workflowTableName]: { get(place: number): unknown };
  readonly [name: string]: unknown;
}

type Numbers = readonly number[];

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
  readonly Suspending: new (call: (...parameters: Numbers) => number | Promise<number>) => object;
  promising(exported: unknown): (...parameters: Numbers) => Promise<unknown>;
};

/** What the host answers to a call; a promise suspends the guest. */
export type Answer = (call: string) => string | Promise<string>;

/** What a guest did, as its host can see it. */
export interface SeenRun {
  /** The parameters and texts of its calls, and where the answers were put. */
  readonly calls: readonly string[];
  /** Whether it returned, and not by an exception of the host. */
  readonly completed: boolean;
  /** The pages that it asked for. */
  readonly pages: number;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function hostOf(answer: Answer): {
  calls: string[];
  exports: Exports | undefined;
  readonly submit: (...parameters: Numbers) => number | Promise<number>;
} {
  const host = {
    calls: [] as string[],
    exports: undefined as Exports | undefined,
    submit: (...parameters: Numbers): number | Promise<number> => {
      const [pointer, length, pointerField, lengthField] = parameters as [
        number,
        number,
        number,
        number,
      ];
      const { memory, "wasabi::alloc": alloc } = host.exports as Exports;
      const call = decoder.decode(new Uint8Array(memory.buffer, pointer, length));
      const write = (given: string): number => {
        const bytes = encoder.encode(given);
        const place = alloc(bytes.length);
        host.calls.push(`${parameters.join(" ")} ${call} ${place}`);
        new Uint8Array(memory.buffer, place, bytes.length).set(bytes);
        const view = new DataView(memory.buffer);
        view.setUint32(pointerField, place, true);
        view.setUint32(lengthField, bytes.length, true);
        return 0;
      };
      const answered = answer(call);
      return typeof answered === "string" ? write(answered) : answered.then(write);
    },
  };
  return host;
}

/** Runs a workflow in a new instance of the module as it was. */
export async function runAlone(
  bytes: Uint8Array,
  workflow: string,
  answer: Answer,
): Promise<SeenRun & { readonly memoryAtStart: Uint8Array }> {
  const host = hostOf(answer);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    wasabi: { submit: new WebAssembly.Suspending(host.submit) },
  });
  host.exports = exports;
  const memoryAtStart = new Uint8Array(exports.memory.buffer).slice();
  let completed = true;
  try {
    for (const name of [initExportName(workflow), runExportName(workflow)]) {
      await WebAssembly.promising(exports[name])();
    }
  } catch {
    completed = false;
  }
  const pages = exports.memory.buffer.byteLength / 65_536;
  return { calls: host.calls, completed, pages, memoryAtStart };
}

/** What the loop did. */
export interface SeenLoop {
  readonly runs: readonly SeenRun[];
  /** The memory before the first run, and after each one. */
  readonly memories: readonly Uint8Array[];
  /** What ended the loop before all workflows were run. */
  readonly error: unknown;
}

/** Runs workflows one after another in one instance. */
export async function runInLoop(
  bytes: Uint8Array,
  workflows: readonly string[],
  answer: Answer,
): Promise<SeenLoop> {
  const deferred = deferExports(bytes);
  const reusable = makeReusable(deferred);
  if (reusable === undefined) throw new Error("the module can't be made reusable");
  const runs: SeenRun[] = [];
  const memories: Uint8Array[] = [];
  const host = hostOf(answer);
  const place = (name: string): number => deferred.functions?.get(name) ?? -1;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(reusable.bytes), {
    wasabi: { submit: new WebAssembly.Suspending(host.submit) },
  });
  host.exports = exports;
  const left = [...workflows];
  const functions = new WebAssembly.Instance(new WebAssembly.Module(hostFunctionsModule), {
    h: {
      n: new WebAssembly.Suspending(() => {
        memories.push(new Uint8Array(exports.memory.buffer).slice());
        const workflow = left.shift();
        return workflow === undefined
          ? -1
          : Promise.resolve(
              place(initExportName(workflow)) + place(runExportName(workflow)) * 2 ** placeBits,
            );
      }),
      e: (_instance: number, completed: number) => {
        const pages = exports[pagesExportName].value;
        runs.push({ calls: host.calls, completed: completed === 1, pages });
        host.calls = [];
        return exports.memory.buffer.byteLength === reusable.memoryBytes
          ? afterEnd.goOn
          : afterEnd.leave;
      },
    },
  });
  exports[hostTableName].set(hostPlaces.next, functions.exports["n"]);
  exports[hostTableName].set(hostPlaces.ended, functions.exports["e"]);
  let error: unknown;
  try {
    await WebAssembly.promising(exports[loopExportName])(1);
  } catch (caught) {
    error = caught;
  }
  return { runs, memories, error };
}
