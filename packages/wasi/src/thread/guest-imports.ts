import { CallFrame, type WasiVersion } from "../calls/call-frame.ts";
import { exitCall, hostCalls } from "../calls/all-calls.ts";
import type { AnyHostCall } from "../calls/host-call.ts";
import { CallRefused, errnoNumber } from "../host/errno.ts";
import type { GuestMemory } from "../host/guest-memory.ts";
import type { CallLog } from "../recording/call-log.ts";
import { type WasmImport, type WasmParameter, webAssembly } from "../webassembly.ts";
import type { FurtherImport } from "./further-imports.ts";

/** Thrown through a guest that asked to exit. */
export class GuestExit extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit with code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** The functions that a guest imports from its host, for one run. */
export class GuestImports {
  readonly #log: CallLog;
  readonly #memoryLimit: number;
  #memory: GuestMemory | undefined;
  #stop: Error | undefined;

  /** @param memoryLimit in bytes, if the module sets no limit itself */
  constructor(log: CallLog, memoryLimit: number = Infinity) {
    this.#log = log;
    this.#memoryLimit = memoryLimit;
  }

  /** Why the guest must stop: it asked to exit, or its calls can no longer be answered. */
  get stopped(): Error | undefined {
    return this.#stop;
  }

  /** All of the guest's memory; empty before it is instantiated. */
  get bytes(): Uint8Array {
    const memory = this.#memory;
    return memory === undefined ? new Uint8Array() : memory.bytes(0, memory.size);
  }

  /** Sets the guest's memory, which exists only once it is instantiated. */
  set memory(memory: GuestMemory) {
    this.#memory = memory;
    this.#checkMemory(memory);
  }

  /** The functions of this host for a guest of this version. */
  functions(version: WasiVersion): Record<string, WasmImport> {
    const entries = [...hostCalls].map(([name, call]) => [
      name,
      (...parameters: WasmParameter[]): number => this.#answer(version, name, call, parameters),
    ]);
    return {
      ...Object.fromEntries(entries),
      [exitCall]: (code: WasmParameter = 0): never =>
        this.#end(this.#stop ?? new GuestExit(Number(code) >>> 0)),
    };
  }

  /** A function other than WASI's. An error that it throws ends the guest, like a trap. */
  further({ module, name, call }: FurtherImport): WasmImport {
    return (...parameters) => {
      if (this.#stop !== undefined) throw this.#stop;
      try {
        return call(...parameters);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const text = `the imported function ${module}.${name} threw: ${reason}`;
        return this.#end(new webAssembly.RuntimeError(text));
      }
    };
  }

  #answer(
    version: WasiVersion,
    name: string,
    call: AnyHostCall,
    parameters: readonly WasmParameter[],
  ): number {
    // A guest that catches what was thrown through it can't continue.
    if (this.#stop !== undefined) throw this.#stop;
    try {
      // A module's start function runs before its memory is known.
      if (this.#memory === undefined) throw new CallRefused("nosys");
      this.#checkMemory(this.#memory);
      const frame = new CallFrame(this.#memory, version, parameters);
      call.write(frame, this.#log.answer(name, call, call.read(frame)));
      return 0;
    } catch (error) {
      if (error instanceof CallRefused) return errnoNumber(error.errno);
      return this.#end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #checkMemory({ size }: GuestMemory): void {
    if (size <= this.#memoryLimit) return;
    const limit = `memoryLimitBytes of ${this.#memoryLimit}`;
    this.#end(
      new webAssembly.RuntimeError(`it has ${size} bytes of memory, and may have ${limit}`),
    );
  }

  #end(reason: Error): never {
    this.#stop = reason;
    throw reason;
  }
}
