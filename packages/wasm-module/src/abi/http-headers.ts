import type { Json } from "./exact-json.ts";
import { readString, readTuple } from "./json-shape.ts";

/** HTTP headers in the order they were sent; a name may come more than once. */
export type HttpHeaders = readonly (readonly [name: string, value: string])[];

/** Reads one HTTP header, a pair of name and value. */
export function readHeader(value: Json, path: string): readonly [name: string, value: string] {
  const [name, content] = readTuple(value, path, 2);
  return [readString(name, `${path}[0]`), readString(content, `${path}[1]`)];
}
