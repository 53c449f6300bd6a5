import { isPlainJson, mayHaveLongIntegers } from "@flawless-ts/wasm-module/internal/guest";
import { stringify } from "./json-depth.ts";
import { part } from "./part-loader.ts";

/**
 * Writes JSON that leaves the workflow, like `writeJson`, which is in the library because few values need it.
 *
 * @param subject what the value is, for the error's message.
 * @throws {NotJsonError} for values that JSON can't represent.
 */
export function toJson(value: unknown, subject: string): string {
  if (!isPlainJson(value)) return part("web").writeJson(value, subject);
  return value === undefined ? "null" : stringify(value);
}

/** Reads JSON that enters the workflow, like `parseJson`: integers keep their digits. */
export function fromJson(text: string): unknown {
  return mayHaveLongIntegers(text) ? part("web").parseJson(text) : JSON.parse(text);
}
