import { isPlainJson, mayHaveLongIntegers } from "@flawless-ts/wasm-module/internal/guest";
import { part } from "./part-loader.ts";

/**
 * Writes what leaves the workflow, as `writeJson` does, which lies in the library: few values need it.
 *
 * @param subject what the value is, for the error's message.
 * @throws {NotJsonError} for what JSON can't hold.
 */
export function toJson(value: unknown, subject: string): string {
  if (!isPlainJson(value)) return part("web").writeJson(value, subject);
  return value === undefined ? "null" : JSON.stringify(value);
}

/** Reads what comes to the workflow, as `parseJson` does: integers keep their digits. */
export function fromJson(text: string): unknown {
  return mayHaveLongIntegers(text) ? part("web").parseJson(text) : JSON.parse(text);
}
