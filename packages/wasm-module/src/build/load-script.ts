import { readFile } from "node:fs/promises";
import type { Description } from "../authoring/guest/engine.ts";
import { submitErrorCodes } from "../abi/submit-error-codes.ts";
import { bytesPerPage } from "../inspect/host-fit.ts";
import { limitModule } from "../inspect/limit-module.ts";
import { allocationPlan } from "./allocation-plan.ts";
import { bundleLibrary } from "./bundle.ts";
import { embedData } from "./embed-data.ts";
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
  readonly engine_compile_library: (pointer: number, length: number) => number;
  readonly engine_load: (pointer: number, length: number) => number;
  readonly engine_output_length: () => number;
  readonly engine_record: (bytes: number) => number;
  readonly engine_record_end: () => number;
  readonly engine_reserve: (bytes: number) => void;
  readonly engine_follow: (allocations: number, bytes: number) => number;
  readonly engine_finish: () => number;
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

/** The engine with the library in it, and what was compiled of it: both are the same for every build. */
export interface PreparedEngine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compiled: object;
}

/** As much as a server gives to a workflow unless told otherwise. */
const maximumMemoryBytes = 256 * 1024 * 1024;

/** Room for the notes of two million events; what is beyond them is treated as kept. */
const notesBytes = 16 * 1024 * 1024;

let prepared: Promise<PreparedEngine> | undefined;

/** Reads and compiles the engine and the library, once for the process. */
export function prepareEngine(): Promise<PreparedEngine> {
  prepared ??= (async () => {
    const [file, code] = await Promise.all([readFile(engineFile()), bundleLibrary()]);
    const bare = new Uint8Array(file);
    const compiler = await instantiate(await compile(bare));
    const library = ask(compiler, compiler.engine_compile_library, new TextEncoder().encode(code));
    if (!library.successful) throw new Error(parse<ScriptProblem>(library.bytes).message);
    const bytes = embedData(bare, "engine_library", library.bytes);
    return { bytes, compiled: await compile(bytes) };
  })();
  return prepared;
}

function compile(engine: Uint8Array): Promise<object> {
  const maximumMemoryPages = maximumMemoryBytes / bytesPerPage;
  return WebAssembly.compile(new Uint8Array(limitModule(engine, { maximumMemoryPages })));
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

  const trial = await instantiate(compiled);
  const notes = trial.engine_record(notesBytes);
  const tried = ask(trial, trial.engine_load, bytecode.bytes);
  if (!tried.successful) return { loaded: false, problem: parse(tried.bytes) };
  const plan = allocationPlan(
    new Uint32Array(trial.memory.buffer, notes, (trial.engine_record_end() - notes) / 4),
  );

  const engine = await instantiate(compiled);
  const stackPointer = engine.__stack_pointer.value;
  engine.engine_reserve(plan.keptBytes);
  const area = engine.engine_follow(plan.allocations, plan.areaBytes);
  const allBytes = engine.memory.buffer.byteLength;
  if (area !== 0) new Uint8Array(engine.memory.buffer, area).set(plan.freed);
  const output = ask(engine, engine.engine_load, bytecode.bytes);
  if (engine.__stack_pointer.value !== stackPointer) {
    throw new Error("the engine left something on its stack: its memory can't be kept alone");
  }
  const isAreaEmpty = engine.engine_finish() !== 0;
  const canBeCut = area !== 0 && isAreaEmpty && engine.memory.buffer.byteLength === allBytes;
  const memory = new Uint8Array(engine.memory.buffer.slice(0, canBeCut ? area : undefined));
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
