import { isUtf8 } from "node:buffer";

/**
 * A call's request or answer as JSON: 64-bit integers are `{ "integer": "123" }`, and bytes are `{ "text": "..." }` if
 * they are UTF-8, otherwise `{ "base64": "..." }`.
 */
export type RecordedValue =
  | null
  | boolean
  | number
  | string
  | readonly RecordedValue[]
  | { readonly [name: string]: RecordedValue };

/** Bytes in a recording. */
export type RecordedBytes = { readonly text: string } | { readonly base64: string };

/** Converts bytes for a recording. */
export function recordBytes(bytes: Uint8Array): RecordedBytes {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
}

/** Reads bytes from a recording; undefined if there are none. */
export function readBytes(value: unknown): Uint8Array | undefined {
  const [name, text] = onlyField(value);
  if (typeof text !== "string") return undefined;
  if (name !== "text" && name !== "base64") return undefined;
  return new Uint8Array(Buffer.from(text, name === "text" ? "utf8" : "base64"));
}

/** Converts a call's request or answer; undefined fields are omitted. */
export function recordValue(value: unknown): RecordedValue {
  if (typeof value === "bigint") return { integer: String(value) };
  if (value instanceof Uint8Array) return recordBytes(value);
  if (Array.isArray(value)) return value.map(recordValue);
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([name, field]) => [name, recordValue(field)]));
  }
  return value as RecordedValue;
}

/** The reverse of {@link recordValue}. */
export function readValue(value: RecordedValue): unknown {
  if (isList(value)) return value.map(readValue);
  if (typeof value !== "object" || value === null) return value;
  const [name, text] = onlyField(value);
  if (name === "integer" && typeof text === "string") return BigInt(text);
  return (
    readBytes(value) ??
    Object.fromEntries(Object.entries(value).map(([field, each]) => [field, readValue(each)]))
  );
}

const isList = (value: RecordedValue): value is readonly RecordedValue[] => Array.isArray(value);

function onlyField(value: unknown): readonly [name?: string, field?: unknown] {
  if (typeof value !== "object" || value === null) return [];
  const fields = Object.entries(value);
  return fields.length === 1 ? (fields[0] ?? []) : [];
}
