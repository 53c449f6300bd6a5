import { createHash } from "node:crypto";
import type { WasmModule } from "./webassembly.ts";

const maxModules = 16;
const maxBytes = 64 * 2 ** 20;

interface CachedModule {
  readonly module: WasmModule;
  readonly bytes: number;
}

/** The most recently compiled modules: a test file mostly runs the same program again and again. */
const cached = new Map<string, CachedModule>();

/**
 * Returns the module compiled from the same bytes with the same limit, or compiles it.
 *
 * @param maxPages of memory, a limit that becomes part of the module
 */
export async function cachedModule(
  bytes: Uint8Array,
  maxPages: number,
  compile: () => Promise<WasmModule>,
): Promise<WasmModule> {
  const key = `${createHash("sha256").update(bytes).digest("hex")} ${maxPages}`;
  const found = cached.get(key);
  const module = found?.module ?? (await compile());
  // Keeps the most recently used one last.
  cached.delete(key);
  cached.set(key, { module, bytes: bytes.length });
  forgetOldest();
  return module;
}

function forgetOldest(): void {
  let bytes = [...cached.values()].reduce((sum, each) => sum + each.bytes, 0);
  for (const [key, oldest] of cached) {
    if (cached.size <= maxModules && bytes <= maxBytes) return;
    cached.delete(key);
    bytes -= oldest.bytes;
  }
}
