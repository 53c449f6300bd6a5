import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

/** @throws {InvalidOptionError} */
export function checkKey(key: string, option: string = "idempotencyKey"): void {
  if (typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key)) return;
  throw new InvalidOptionError(
    option,
    `expected 1 to 255 visible ASCII characters, but got ${JSON.stringify(key)}.`,
  );
}
