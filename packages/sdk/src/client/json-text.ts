import { isPlainJson } from "@flawless-ts/wasm-module/internal/client";
import type { ClientParts } from "./client-parts.ts";

/**
 * Writes a value as JSON text, as `writeJson` does.
 *
 * @param subject the value's name in the error's message, such as `The input`.
 * @throws {NotJsonError} if it can't be written.
 */
export async function jsonText(
  { rare }: ClientParts,
  value: unknown,
  subject: string,
): Promise<string> {
  if (value === undefined) return "null";
  if (isPlainJson(value)) return JSON.stringify(value);
  return (await rare()).writeJson(value, subject);
}
