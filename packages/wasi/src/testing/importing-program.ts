import { name, section } from "./wasm-section.ts";

const [i32, i64] = [0x7f, 0x7e];
const [constant, longConstant, call, wrap] = [0x41, 0x42, 0x10, 0xa7];
const text = "hello";

/**
 * A program that imports `env.greet(pointer, length): i32`, `env.twice(i64): i64` and WASI's `proc_exit`: it greets with the
 * text "hello" from its memory, and exits with the result of `greet` plus `twice(10)` as its code.
 */
export const importingProgram: Uint8Array = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(
    1,
    4,
    ...[0x60, 2, i32, i32, 1, i32],
    ...[0x60, 1, i64, 1, i64],
    ...[0x60, 1, i32, 0],
    ...[0x60, 0, 0],
  ),
  ...section(
    2,
    3,
    ...[...name("env"), ...name("greet"), 0x00, 0],
    ...[...name("env"), ...name("twice"), 0x00, 1],
    ...[...name("wasi_snapshot_preview1"), ...name("proc_exit"), 0x00, 2],
  ),
  ...section(3, 1, 3),
  ...section(5, 1, 0x00, 1),
  ...section(7, 2, ...name("memory"), 0x02, 0, ...name("_start"), 0x00, 3),
  ...section(
    10,
    1,
    ...body(
      ...[constant, 8, constant, text.length, call, 0],
      ...[longConstant, 10, call, 1, wrap],
      ...[0x6a, call, 2],
    ),
  ),
  ...section(11, 1, 0x00, constant, 8, 0x0b, ...name(text)),
]);

function body(...code: readonly number[]): number[] {
  return [code.length + 2, 0, ...code, 0x0b];
}
