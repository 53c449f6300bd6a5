const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  }
  return value;
});

/**
 * CRC-32 as in zlib, of part of an array. Node has one, too, but a start that loads `node:zlib` takes milliseconds longer.
 *
 * @param before the sum of what comes before; 0: nothing does
 */
export function crc32(bytes: Uint8Array, start: number, end: number, before: number): number {
  let sum = ~before;
  for (let index = start; index < end; index += 1) {
    sum = (sum >>> 8) ^ (table[(sum ^ (bytes[index] ?? 0)) & 0xff] ?? 0);
  }
  return ~sum >>> 0;
}
