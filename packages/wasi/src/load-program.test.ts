import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { InvalidOptionError, ModuleError } from "@flawless-ts/wasm-module";
import { describe, expect, test } from "vitest";
import { loadProgram } from "./load-program.ts";
import { moduleBytes, type ModuleParts } from "./testing/module-bytes.ts";
import { wasiFixture } from "./testing/wasi-fixtures.ts";
import { WasiModuleError } from "./wasi-errors.ts";

const memoryLimit = 2 ** 24;
const program: ModuleParts = {
  functions: ["wasi_snapshot_preview1.fd_write"],
  exports: ["_start"],
  pages: 1,
};

async function refusalOf(source: Parameters<typeof loadProgram>[0]): Promise<unknown> {
  return loadProgram(source, memoryLimit).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("loadProgram", () => {
  test("accepts a path, a URL, and bytes of both kinds", async () => {
    const path = wasiFixture("c_unstable");
    const bytes = new Uint8Array(await readFile(path));
    for (const source of [path, pathToFileURL(path)]) {
      expect((await loadProgram(source, memoryLimit)).name).toBe("c_unstable.wasm");
    }
    for (const source of [bytes, bytes.buffer, Buffer.from(bytes)]) {
      expect((await loadProgram(source, memoryLimit)).name).toBeUndefined();
    }
  });

  test.each<[string, ModuleParts]>([
    ["all of WASI's functions", { ...program, functions: ["wasi_snapshot_preview1.sock_accept"] }],
    ["the version before", { ...program, functions: ["wasi_unstable.path_open"] }],
    ["no imports at all", { ...program, functions: [] }],
  ])("takes %s", async (_, parts) => {
    expect(await refusalOf(moduleBytes(parts))).toBeUndefined();
  });

  test.each<[string, string, ModuleParts]>([
    ["UNKNOWN_IMPORT", "env.abort (function)", { ...program, functions: ["env.abort"] }],
    ["UNKNOWN_IMPORT", "env.memory (memory)", { ...program, importsMemory: true }],
    [
      "UNKNOWN_IMPORT",
      "wasi_snapshot_preview1.sock_open (function)",
      { ...program, functions: ["wasi_snapshot_preview1.sock_open"] },
    ],
    ["UNKNOWN_IMPORT", "wasix_32v1.getcwd", { ...program, functions: ["wasix_32v1.getcwd"] }],
    [
      "UNKNOWN_IMPORT",
      "and 2 more",
      { ...program, functions: [..."abcdefg"].map((name) => `e.${name}`) },
    ],
    ["NO_START", "wasm32-wasip1", { ...program, exports: ["main"] }],
    ["NO_START", "link it as a program", { ...program, exports: ["_initialize"] }],
    ["NO_MEMORY", "`memory`", { functions: [], exports: ["_start"] }],
  ])("refuses with %s: %s", async (code, message, parts) => {
    const error = await refusalOf(moduleBytes(parts));
    expect(WasiModuleError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code: `FLAWLESS_WASI_${code}`,
      message: expect.stringContaining(message),
    });
  });

  test("reports only wrong imports", async () => {
    const functions = ["wasi_unstable.fd_read", "env.abort"];
    const error = await refusalOf(moduleBytes({ ...program, functions }));
    expect(String(error)).not.toContain("fd_read");
  });

  test.each([
    ["NOT_WASM", "no bytes", ""],
    ["NOT_WASM", "7f454c46", "\x7fELF and so on"],
    ["IS_COMPONENT", "component", "\0asm\x0d\0\x01\0"],
  ])("refuses with %s: %s", async (code, message, text) => {
    const error = await refusalOf(Buffer.from(text, "latin1"));
    expect(error).toMatchObject({
      code: `FLAWLESS_WASI_MODULE_${code}`,
      message: expect.stringContaining(message),
    });
  });

  test("reports the engine's reason", async () => {
    const bytes = moduleBytes(program);
    // The body's last instruction is its end; this one would need an operand.
    bytes[bytes.length - 1] = 0x1a;
    const error = await refusalOf(bytes);
    expect(error).toMatchObject({ code: "FLAWLESS_WASI_MODULE_INVALID" });
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  test("reports damaged files with their own errors", async () => {
    const bytes = moduleBytes(program);
    expect(ModuleError.is(await refusalOf(bytes.subarray(0, bytes.length - 2)))).toBe(true);
  });

  test("refuses a program that starts with more memory than it may have", async () => {
    expect(await refusalOf(moduleBytes({ ...program, pages: 100 }))).toBeUndefined();
    const load = loadProgram(moduleBytes({ ...program, pages: 100 }), 99 * 65_536);
    await expect(load).rejects.toMatchObject({ code: "FLAWLESS_MODULE_MEMORY_TOO_LARGE" });
  });

  test("reports where it looked for a file", async () => {
    const error = await refusalOf("no-such-program.wasm");
    expect(error).toMatchObject({
      code: "FLAWLESS_WASI_MODULE_UNREADABLE",
      message: expect.stringContaining("no-such-program.wasm"),
      cause: expect.objectContaining({ code: "ENOENT" }),
    });
  });

  test.each([new URL("https://example.com/program.wasm"), 1 as unknown as string])(
    "does not take %s",
    async (source) => {
      expect(InvalidOptionError.is(await refusalOf(source))).toBe(true);
    },
  );
});
