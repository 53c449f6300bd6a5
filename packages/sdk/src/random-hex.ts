/** This many random bytes as hexadecimal digits. Browsers have `crypto.randomUUID` on pages with HTTPS only. */
export function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
