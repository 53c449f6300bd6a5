import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { unpackedBytes } from "../packed/packed-text.ts";
import { toText } from "./sqlite-rows.ts";

/** How much more it takes to look into a packed text than into another one of its size. */
const packedWeight = 4;

/**
 * Gives statements two functions for columns whose texts may be packed: `text_of` is the text, and `weight_of` how much there
 * is to look through, in bytes of a text that is not packed.
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
