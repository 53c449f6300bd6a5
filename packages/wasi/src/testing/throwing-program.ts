import { name, section } from "./wasm-section.ts";

/** A program that writes `before` to stdout and then throws an uncaught WebAssembly exception. */
export const throwingProgram: Uint8Array = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // Types: 0 takes and returns nothing, 1 is that of `fd_write`.
  ...section(1, 2, 0x60, 0, 0, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f),
  ...section(2, 1, ...name("wasi_snapshot_preview1"), ...name("fd_write"), 0x00, 1),
  ...section(3, 1, 0),
  ...section(5, 1, 0x00, 1),
  // The exception's tag, without parameters.
  ...section(13, 1, 0x00, 0),
  ...section(7, 2, ...name("memory"), 0x02, 0, ...name("_start"), 0x00, 1),
  // fd_write(1, 0, 1, 16), drop, throw 0
  ...section(10, 1, 15, 0, 0x41, 1, 0x41, 0, 0x41, 1, 0x41, 16, 0x10, 0, 0x1a, 0x08, 0, 0x0b),
  // One piece: the seven bytes from address 8 on.
  ...section(11, 1, 0x00, 0x41, 0, 0x0b, 15, 8, 0, 0, 0, 7, 0, 0, 0, ...Buffer.from("before\n")),
]);
