import { expect, test, vi } from "vitest";
import { cachedModule } from "./module-cache.ts";
import { moduleBytes } from "./testing/module-bytes.ts";
import { type WasmModule, webAssembly } from "./webassembly.ts";

const bytesOf = (name: string): Uint8Array => moduleBytes({ exports: [name], pages: 1 });
const compile = vi.fn<() => Promise<WasmModule>>(
  async () => new webAssembly.Module(moduleBytes({ pages: 1 })),
);

test("compiles the same bytes once for each limit, and forgets the oldest", async () => {
  const first = await cachedModule(bytesOf("first"), 10, compile);
  expect(await cachedModule(bytesOf("first"), 10, compile)).toBe(first);
  expect(await cachedModule(bytesOf("first"), 11, compile)).not.toBe(first);
  expect(compile).toHaveBeenCalledTimes(2);
  for (let index = 0; index < 15; index += 1) {
    await cachedModule(bytesOf(`m${index}`), 10, compile);
  }
  expect(await cachedModule(bytesOf("first"), 10, compile)).not.toBe(first);
});
