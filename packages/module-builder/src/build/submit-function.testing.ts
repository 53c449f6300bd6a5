/** What a host needs from a guest to answer its calls. */
export interface GuestExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly "wasabi::alloc": (length: number) => number;
}

/**
 * The function `wasabi.submit` of tests' hosts.
 *
 * @param exportsOf the guest's exports; undefined until it exists
 * @param answerTo returns the JSON text of the answer to a call
 */
export function submitFunction(
  exportsOf: () => GuestExports | undefined,
  answerTo: (call: unknown) => string,
): (pointer: number, length: number, outPointer: number, outLength: number) => number {
  return (pointer, length, outPointer, outLength) => {
    const exports = exportsOf();
    if (exports === undefined) throw new Error("a call before the module is there");
    const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, pointer, length));
    const bytes = new TextEncoder().encode(answerTo(JSON.parse(text)));
    const place = exports["wasabi::alloc"](bytes.length);
    new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
    const view = new DataView(exports.memory.buffer);
    view.setUint32(outPointer, place, true);
    view.setUint32(outLength, bytes.length, true);
    return 0;
  };
}
