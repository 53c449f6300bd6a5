let ofZlib: ((data: Uint8Array, value: number) => number) | undefined;

/**
 * CRC-32 of part of an array. Loads `node:zlib` only when first needed: otherwise a start would take milliseconds
 * longer.
 *
 * @param before the checksum of what comes before; 0 if nothing does
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before: number): number {
  ofZlib ??= process.getBuiltinModule("node:zlib").crc32;
  return ofZlib(bytes.subarray(start, end), before);
}
