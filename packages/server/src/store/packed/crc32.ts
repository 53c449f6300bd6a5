let ofZlib: ((data: Uint8Array, value: number) => number) | undefined;

/**
 * CRC-32 of part of an array. `node:zlib` is not loaded before there is something to add up: a start would take milliseconds
 * longer.
 *
 * @param before the sum of what comes before; 0: nothing does
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before: number): number {
  ofZlib ??= process.getBuiltinModule("node:zlib").crc32;
  return ofZlib(bytes.subarray(start, end), before);
}
