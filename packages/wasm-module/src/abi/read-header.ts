import type { Json } from "./exact-json.ts";
import { readString, readTuple } from "./json-shape.ts";

/** Reads one HTTP header, a pair of name and value. */
export function readHeader(value: Json, path: string): readonly [name: string, value: string] {
  const [name, content] = readTuple(value, path, 2);
  return [readString(name, `${path}[0]`), readString(content, `${path}[1]`)];
}
