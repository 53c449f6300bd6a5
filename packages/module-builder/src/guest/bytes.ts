/** Bytes in any of the types that web standards accept. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** The same bytes as a `Uint8Array`, not copied. */
export function bytesOf(source: Bytes): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Whether the value is bytes. */
export function isBytes(value: unknown): value is Bytes {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}
