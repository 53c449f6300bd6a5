import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { unpackedBytes } from "../packed/packed-text.ts";
import { toText } from "./sqlite-rows.ts";

/** How much more it costs to search a packed text than a plain one of the same size. */
const packedWeight = 4;

/**
 * Gives statements two functions for columns whose texts may be packed: `text_of` is the text, and `weight_of` how much
 * it costs to search, in bytes of plain text.
 */
export function addTextFunctions(database: DatabaseSync): void {
  const options = { deterministic: true };
  database.function("text_of", options, (value: SQLInputValue) =>
    value instanceof Uint8Array ? toText(value) : value,
  );
  database.function("weight_of", options, (value: SQLInputValue) =>
    value instanceof Uint8Array
      ? packedWeight * unpackedBytes(value)
      : Buffer.byteLength(String(value)),
  );
}
