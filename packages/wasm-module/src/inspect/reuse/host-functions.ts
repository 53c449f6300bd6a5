/**
 * A module that exports its imports: only functions of WebAssembly can be put into the table that a loop calls. `h.n` is
 * `next`, `h.e` is `ended`.
 */
export const hostFunctionsModule: Uint8Array<ArrayBuffer> = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // Types: (i32) -> i32, (i32, i32) -> i32.
  ...[1, 12, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f],
  // Imports: "h" "n" and "h" "e".
  ...[2, 13, 2, 1, 0x68, 1, 0x6e, 0, 0, 1, 0x68, 1, 0x65, 0, 1],
  // Exports: "n" and "e".
  ...[7, 9, 2, 1, 0x6e, 0, 0, 1, 0x65, 0, 1],
);
