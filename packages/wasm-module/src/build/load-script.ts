import { readFile } from "node:fs/promises";
import type { Description } from "../authoring/guest/engine.ts";
import { submitErrorCodes } from "../abi/submit-error-codes.ts";
import { bytesPerPage } from "../inspect/host-fit.ts";
import { limitModule } from "../inspect/limit-module.ts";
import { engineFile } from "./own-files.ts";

// TypeScript's Node types leave the global out; this is the part of it that is used here.
declare const WebAssembly: {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>;
  instantiate(module: object, imports: object): Promise<{ readonly exports: object }>;
};

interface EngineExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __stack_pointer: { readonly value: number };
  readonly engine_compile: (pointer: number, length: number) => number;
  readonly engine_load: (pointer: number, length: number) => number;
  readonly engine_output_length: () => number;
  readonly "wasabi::alloc": (length: number) => number;
}

/** The engine after it has loaded a script. */
export type LoadedScript =
  | {
      readonly loaded: true;
      readonly description: Description;
      /** All of its memory. */
      readonly memory: Uint8Array<ArrayBuffer>;
    }
  | { readonly loaded: false; readonly problem: ScriptProblem };

/** Why the engine refuses a script, in terms of the script. */
export interface ScriptProblem {
  readonly message: string;
  readonly stack: string;
}

/** The engine's bytes and what was compiled of them: both are the same for every build. */
export interface PreparedEngine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compiled: object;
}

/** As much as a server gives to a workflow unless told otherwise. */
const maximumMemoryBytes = 256 * 1024 * 1024;

let prepared: Promise<PreparedEngine> | undefined;

/** Reads and compiles the engine, once for the process. */
export function prepareEngine(): Promise<PreparedEngine> {
  prepared ??= (async () => {
    const bytes = new Uint8Array(await readFile(engineFile()));
    const limited = limitModule(bytes, { maximumMemoryPages: maximumMemoryBytes / bytesPerPage });
    return { bytes, compiled: await WebAssembly.compile(new Uint8Array(limited)) };
  })();
  return prepared;
}

/**
 * Has the engine evaluate a script.
 *
 * @throws WebAssembly.RuntimeError where it traps: its memory or its stack does not suffice.
 */
export async function loadScript(
  { compiled }: PreparedEngine,
  code: string,
): Promise<LoadedScript> {
  const compiler = await instantiate(compiled);
  const bytecode = ask(compiler, compiler.engine_compile, new TextEncoder().encode(code));
  if (!bytecode.successful) return { loaded: false, problem: parse(bytecode.bytes) };

  const engine = await instantiate(compiled);
  const stackPointer = engine.__stack_pointer.value;
  const output = ask(engine, engine.engine_load, bytecode.bytes);
  if (!output.successful) return { loaded: false, problem: parse(output.bytes) };
  if (engine.__stack_pointer.value !== stackPointer) {
    throw new Error("the engine left something on its stack: its memory can't be kept alone");
  }
  const memory = new Uint8Array(engine.memory.buffer.slice(0));
  // What lies below the stack's pointer is left over from calls that have returned.
  memory.fill(0, 0, stackPointer);
  return { loaded: true, description: parse(output.bytes), memory };
}

async function instantiate(compiled: object): Promise<EngineExports> {
  // Nothing may be asked of a host while a module is built; the script is told so before it gets here.
  const submit = (): number => submitErrorCodes.InputDeserializationFailed;
  const { exports } = await WebAssembly.instantiate(compiled, { wasabi: { submit } });
  return exports as EngineExports;
}

function ask(
  engine: EngineExports,
  step: EngineExports["engine_load"],
  input: Uint8Array,
): { readonly successful: boolean; readonly bytes: Uint8Array } {
  const place = engine["wasabi::alloc"](input.length);
  new Uint8Array(engine.memory.buffer, place, input.length).set(input);
  const output = step(place, input.length);
  const bytes = new Uint8Array(
    engine.memory.buffer.slice(output, output + engine.engine_output_length()),
  );
  return { successful: bytes[0] === 1, bytes: bytes.subarray(1) };
}

function parse<Value>(json: Uint8Array): Value {
  return JSON.parse(new TextDecoder().decode(json)) as Value;
}
