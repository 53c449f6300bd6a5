import { submitErrorCodes } from "@flawless-ts/wasm-module";
import { bytesPerPage, pagesExportName } from "@flawless-ts/wasm-module/internal";
import { webAssembly, type WasmGlobal, type WasmMemory } from "./webassembly.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** The guest's exports that the host needs to pass an answer. */
export interface GuestExports {
  readonly memory: WasmMemory;
  readonly "wasabi::alloc": (capacity: number) => number;
  /** The pages that the guest has asked for, if its memory has spare ones. */
  readonly [pagesExportName]?: WasmGlobal;
}

/** The bytes of memory that the guest has asked for. */
export function memoryBytesOf(exports: GuestExports): number {
  const pages = exports[pagesExportName];
  return pages === undefined ? exports.memory.buffer.byteLength : pages.value * bytesPerPage;
}

/** The text of a host call, or undefined if the guest's pointer or text is invalid. */
export function readText(
  exports: GuestExports,
  pointer: number,
  length: number,
): string | undefined {
  const start = pointer >>> 0;
  const size = length >>> 0;
  if (start + size > memoryBytesOf(exports)) {
    return undefined;
  }
  try {
    return decoder.decode(new Uint8Array(exports.memory.buffer, start, size));
  } catch {
    return undefined;
  }
}

/**
 * Writes an answer into the guest's memory, where the guest allocates it, and stores its pointer and length there.
 * @returns 0, or the ABI's code for what went wrong
 */
export function writeAnswer(
  exports: GuestExports,
  answer: string,
  pointerField: number,
  lengthField: number,
): number {
  const bytes = encoder.encode(answer);
  let place: number;
  try {
    place = exports["wasabi::alloc"](bytes.length) >>> 0;
  } catch (error) {
    if (isTrap(error)) {
      return submitErrorCodes.AllocCallFailed;
    }
    throw error;
  }
  // The guest may have grown its memory for it, which detaches the previous buffer.
  const size = memoryBytesOf(exports);
  const pointerPlace = pointerField >>> 0;
  const lengthPlace = lengthField >>> 0;
  if (place + bytes.length > size || pointerPlace + 4 > size || lengthPlace + 4 > size) {
    return submitErrorCodes.OutputWriteFailed;
  }
  new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
  const view = new DataView(exports.memory.buffer);
  view.setUint32(pointerPlace, place, true);
  view.setUint32(lengthPlace, bytes.length, true);
  return 0;
}

function isTrap(error: unknown): boolean {
  return error instanceof webAssembly.RuntimeError || error instanceof RangeError;
}
