import { initExportName, runExportName } from "@flawless-ts/wasm-module/internal";
import { expect, test } from "vitest";
import { buildSource } from "../build/module-source.testing.ts";
import { type GuestExports, submitFunction } from "../build/submit-function.testing.ts";

// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: object } }>;
};

const pageBytes = 4096;
const asleep = new Error("it sleeps");

/** Runs a workflow with this body up to its first sleep. @returns its memory at that point */
async function memoryAsleep(body: string): Promise<ArrayBuffer> {
  const { wasm } = await buildSource(`import { defineModule } from "@flawless-ts/wasm-module";
    export default defineModule({ name: "small", version: "1.0.0", workflows: {
      test: async (_: undefined, context) => { ${body} },
    } });`);
  let exports: (GuestExports & Record<string, () => unknown>) | undefined;
  const answerTo = (call: unknown): string => {
    if (call === "GetInput") return JSON.stringify({ String: "null" });
    throw asleep;
  };
  const submit = submitFunction(() => exports, answerTo);
  const { instance } = await WebAssembly.instantiate(wasm, { wasabi: { submit } });
  exports = instance.exports as NonNullable<typeof exports>;
  exports[initExportName("test")]?.();
  expect(() => exports?.[runExportName("test")]?.()).toThrow(asleep);
  return exports.memory.buffer;
}

function usedPages(memory: ArrayBuffer): number {
  const pages = Array.from(
    { length: memory.byteLength / pageBytes },
    (_, page) => new BigUint64Array(memory, page * pageBytes, pageBytes / 8),
  );
  return pages.filter((words) => words.some((word) => word !== 0n)).length;
}

test("a workflow that sleeps needs little memory; other kinds of waiting are loaded when used", async () => {
  const small = await memoryAsleep("await context.sleep(1000);");
  expect(usedPages(small)).toBeLessThanOrEqual(68);
  expect(small.byteLength).toBeLessThanOrEqual(2 ** 20);

  const large = await memoryAsleep("setTimeout(() => undefined, 1); await context.sleep(1000);");
  expect(usedPages(large)).toBeGreaterThan(usedPages(small) + 3);
});
