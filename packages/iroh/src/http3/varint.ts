/** QUIC's integers: one, two, four or eight bytes, according to the first two bits. Source: RFC 9000, section 16. */

/** @throws RangeError if it is negative, or larger than 2^53 - 1 */
export function encodeVarint(value: number): Buffer {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`expected a whole number from 0 to 2^53 - 1, but got ${value}`);
  }
  if (value < 0x40) return Buffer.from([value]);
  if (value < 0x4000) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(value | 0x4000);
    return bytes;
  }
  if (value < 0x4000_0000) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value + 0x8000_0000);
    return bytes;
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value) | 0xc000_0000_0000_0000n);
  return bytes;
}

/** The number of bytes of an integer that starts with this byte. */
export function varintLength(firstByte: number): 1 | 2 | 4 | 8 {
  return (1 << (firstByte >> 6)) as 1 | 2 | 4 | 8;
}

/**
 * @param bytes exactly those of one integer
 * @returns `Infinity` if it is larger than 2^53 - 1, which is neither an acceptable length nor a known type
 */
export function decodeVarint(bytes: Buffer): number {
  let value = BigInt((bytes[0] ?? 0) & 0x3f);
  for (const byte of bytes.subarray(1)) value = value * 256n + BigInt(byte);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
}
