/** Writes an unsigned integer of 32 bits as LEB128, in as few bytes as possible. */
export function encodeU32(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** Writes a signed integer of 32 bits as LEB128, in as few bytes as possible. */
export function encodeS32(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push(isLast ? rest & 0x7f : (rest & 0x7f) | 0x80);
    if (isLast) return Uint8Array.from(bytes);
  }
}
