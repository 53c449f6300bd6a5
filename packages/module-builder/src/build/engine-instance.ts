import { submitErrorCodes } from "@flawless-ts/wasm-module";

// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  instantiate(module: object, imports: object): Promise<{ readonly exports: object }>;
};

/** The engine's exports for a build. */
export interface JavaScriptEngineExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __stack_pointer: { readonly value: number };
  readonly engine_compile: (pointer: number, length: number) => number;
  readonly engine_compile_library: (pointer: number, length: number) => number;
  readonly engine_load: (pointer: number, length: number) => number;
  readonly engine_output_length: () => number;
  readonly engine_record: (bytes: number) => number;
  readonly engine_record_end: () => number;
  readonly engine_follow: (allocations: number, keptBytes: number, areaBytes: number) => number;
  readonly engine_finish: () => number;
  readonly "wasabi::alloc": (length: number) => number;
}

/**
 * Creates an instance of the engine.
 *
 * @param mayGoOn called from time to time while a script is evaluated; if it returns false, evaluation stops.
 */
export async function instantiateEngine(
  compiled: object,
  mayGoOn: () => boolean = () => true,
): Promise<JavaScriptEngineExports> {
  const submit = (_: number, length: number): number =>
    // Host calls are impossible while a module is built; the script gets an error before it gets here. A call of length
    // 0 comes from the engine itself, and asks whether to continue.
    length === 0 && mayGoOn() ? 0 : submitErrorCodes.InputDeserializationFailed;
  const { exports } = await WebAssembly.instantiate(compiled, { wasabi: { submit } });
  return exports as JavaScriptEngineExports;
}

/** Makes the engine do a step with this input. */
export function askEngine(
  engine: JavaScriptEngineExports,
  step: JavaScriptEngineExports["engine_load"],
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

/** Parses the engine's JSON output. */
export function parseOutput<Value>(json: Uint8Array): Value {
  return JSON.parse(new TextDecoder().decode(json)) as Value;
}
