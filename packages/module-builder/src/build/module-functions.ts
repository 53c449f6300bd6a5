import { encodeU32 } from "@flawless-ts/wasm-module/internal";
import { concat, readerOf, sized } from "./module-bytes.ts";

const end = 0x0b;
const noLocals = 0;
/** The kind that marks a function in the export section. */
export const functionKind = 0;

/** A module's exports, by name. */
export type Exports = ReadonlyMap<string, { readonly kind: number; readonly index: number }>;

/** Reads an export section's content. */
export function exportsOf(content: Uint8Array): Exports {
  const reader = readerOf(content);
  const exports = new Map<string, { readonly kind: number; readonly index: number }>();
  for (let left = reader.u32(); left > 0; left -= 1) {
    const name = reader.name();
    exports.set(name, { kind: reader.byte(), index: reader.u32() });
  }
  return exports;
}

/** @throws Error if the module has no such function. */
export function functionIndex(exports: Exports, name: string): number {
  const found = exports.get(name);
  if (found === undefined || found.kind !== functionKind) {
    throw new Error(`the engine has no function ${name}`);
  }
  return found.index;
}

/** A function's body with these instructions, without locals. */
export function functionBody(instructions: readonly Uint8Array[]): Uint8Array {
  return concat([Uint8Array.of(noLocals), ...instructions, Uint8Array.of(end)]);
}

/** A code section's content with one body replaced; the index doesn't count imported functions. */
export function replaceBody(code: Uint8Array, index: number, body: Uint8Array): Uint8Array {
  const reader = readerOf(code);
  reader.u32();
  let start = reader.offset;
  let next = start + bodyLength(code, start);
  for (let skipped = 0; skipped < index; skipped += 1) {
    start = next;
    next = start + bodyLength(code, start);
  }
  return concat([code.subarray(0, start), sized(body), code.subarray(next)]);
}

/** The length of the body at `start`, including its size field. */
function bodyLength(code: Uint8Array, start: number): number {
  const reader = readerOf(code.subarray(start));
  const size = reader.u32();
  return reader.offset + size;
}

/** `memory.init`: copies from a segment to an address; address, offset and length come from the stack. */
export function memoryInit(segment: number): Uint8Array {
  return concat([Uint8Array.of(0xfc, 0x08), encodeU32(segment), Uint8Array.of(0)]);
}
