/** What a host needs of a guest to answer its calls. */
export interface GuestExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly "wasabi::alloc": (length: number) => number;
}

/**
 * The function `wasabi.submit` of a host of tests.
 *
 * @param exportsOf the guest's exports; undefined before it is there
 * @param answerTo gives the JSON text of the answer to a call
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
