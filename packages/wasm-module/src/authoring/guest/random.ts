import { randomBits } from "./host.ts";
import { bytesOf } from "./encoding.ts";

/** A random UUID of version 4. Source of its form: RFC 9562, 5.4. */
export function randomUuid(): string {
  const version = (randomBits() & ~0xf000n) | 0x4000n;
  const variant = BigInt.asUintN(62, randomBits()) | (1n << 63n);
  const digits = [version, variant].map((bits) => bits.toString(16).padStart(16, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Fills an array with random bytes, as `crypto.getRandomValues` does. */
export function fillRandomly<Target extends ArrayBufferView>(target: Target): Target {
  const bytes = bytesOf(target);
  if (bytes.length > 65_536) {
    throw new DOMException("getRandomValues fills at most 65,536 bytes", "QuotaExceededError");
  }
  const word = new DataView(new ArrayBuffer(8));
  for (let offset = 0; offset < bytes.length; offset += 8) {
    word.setBigUint64(0, randomBits(), true);
    bytes.set(new Uint8Array(word.buffer).subarray(0, bytes.length - offset), offset);
  }
  return target;
}
