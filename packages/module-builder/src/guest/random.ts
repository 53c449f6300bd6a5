import { randomBits } from "./host.ts";

/** A random UUID of version 4. Source of its form: RFC 9562, 5.4. */
export function randomUuid(): string {
  const version = (randomBits() & ~0xf000n) | 0x4000n;
  const variant = BigInt.asUintN(62, randomBits()) | (1n << 63n);
  const digits = [version, variant].map((bits) => bits.toString(16).padStart(16, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
