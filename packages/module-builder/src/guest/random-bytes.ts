import { bytesOf } from "./bytes.ts";
import { randomBits } from "./host.ts";

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
