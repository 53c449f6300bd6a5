import { describe, expect, test } from "vitest";
import { GuestMemory } from "../host/guest-memory.ts";
import { DirectCalls } from "../recording/call-log.ts";
import { newHost } from "../testing/test-host.ts";
import type { WasmImport } from "../webassembly.ts";
import { GuestExit, GuestImports } from "./guest-imports.ts";

function newImports(): { imports: GuestImports; memory: GuestMemory; call: Caller } {
  const imports = new GuestImports(new DirectCalls(newHost({ clock: 1 }).host));
  const memory = new GuestMemory({ buffer: new ArrayBuffer(64) });
  imports.memory = memory;
  const functions = imports.functions("wasi_snapshot_preview1");
  return { imports, memory, call: (name, ...parameters) => functions[name]?.(...parameters) };
}

type Caller = (name: string, ...parameters: (number | bigint)[]) => ReturnType<WasmImport>;

describe("GuestImports", () => {
  test("answer with 0 and in memory, or with an error's number", () => {
    const { memory, call } = newImports();
    expect(call("clock_time_get", 0, 0n, 8)).toBe(0);
    expect(memory.u64(8)).toBe(1_000_000n);
    expect(call("clock_time_get", 9, 0n, 8)).toBe(28);
    expect(call("clock_time_get", 0, 0n, 60)).toBe(21);
  });

  test("treat a pointer past 2 GiB as a pointer, not a negative number", () => {
    const { call } = newImports();
    expect(call("clock_time_get", 0, 0n, -16)).toBe(21);
  });

  test("before there is a memory, no call works", () => {
    const imports = new GuestImports(new DirectCalls(newHost().host));
    const functions = imports.functions("wasi_snapshot_preview1");
    expect(functions["clock_time_get"]?.(0, 0n, 8)).toBe(52);
  });

  test("a guest that asked to exit can't continue, even if it catches that", () => {
    const { imports, call } = newImports();
    expect(() => call("proc_exit", -1)).toThrow(GuestExit);
    expect(imports.stopped).toMatchObject({ exitCode: 0xffff_ffff });
    expect(() => call("proc_exit", 7)).toThrow(GuestExit);
    expect(() => call("clock_time_get", 0, 0n, 8)).toThrow(GuestExit);
    expect(imports.stopped).toMatchObject({ exitCode: 0xffff_ffff });
  });

  test("a guest that has more memory than it may can't continue", () => {
    const imports = new GuestImports(new DirectCalls(newHost().host), 64);
    const memory = { buffer: new ArrayBuffer(64) };
    imports.memory = new GuestMemory(memory);
    const functions = imports.functions("wasi_snapshot_preview1");
    expect(functions["clock_time_get"]?.(0, 0n, 8)).toBe(0);
    memory.buffer = new ArrayBuffer(65);
    expect(() => functions["clock_time_get"]?.(0, 0n, 8)).toThrow("65 bytes of memory");
    memory.buffer = new ArrayBuffer(64);
    expect(() => functions["clock_time_get"]?.(0, 0n, 8)).toThrow("65 bytes of memory");
  });

  test("an error in the host ends the guest", () => {
    const imports = new GuestImports({
      answer: () => {
        throw new TypeError("broken");
      },
      end: () => {},
    });
    imports.memory = new GuestMemory({ buffer: new ArrayBuffer(64) });
    const functions = imports.functions("wasi_snapshot_preview1");
    expect(() => functions["clock_time_get"]?.(0, 0n, 8)).toThrow("broken");
    expect(imports.stopped).toBeInstanceOf(TypeError);
  });
});
