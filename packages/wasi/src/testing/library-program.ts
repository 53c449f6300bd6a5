import { name, section } from "./wasm-section.ts";

const [i32, i64, f64] = [0x7f, 0x7e, 0x7c];

function body(...code: readonly number[]): number[] {
  return [code.length + 2, 0, ...code, 0x0b];
}

function exported(functionName: string, index: number): number[] {
  return [...name(functionName), 0x00, index];
}

const [constant, localGet, load, store, call] = [0x41, 0x20, 0x28, 0x36, 0x10];

/**
 * A library (a reactor): `_initialize` sets a number to 7, `count()` adds one to it and returns it, `add` takes
 * 32-bit integers, `next` returns the next 64-bit one, `two` returns 1 and NaN, `end` exits with code 4.
 */
export const libraryProgram: Uint8Array = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(
    1,
    6,
    ...[0x60, 0, 0],
    ...[0x60, 2, i32, i32, 1, i32],
    ...[0x60, 1, i64, 1, i64],
    ...[0x60, 0, 2, i32, f64],
    ...[0x60, 0, 1, i32],
    ...[0x60, 1, i32, 0],
  ),
  ...section(2, 1, ...name("wasi_snapshot_preview1"), ...name("proc_exit"), 0x00, 5),
  ...section(3, 6, 0, 1, 2, 3, 4, 0),
  ...section(5, 1, 0x00, 1),
  ...section(
    7,
    7,
    ...[...name("memory"), 0x02, 0],
    ...exported("_initialize", 1),
    ...exported("add", 2),
    ...exported("next", 3),
    ...exported("two", 4),
    ...exported("count", 5),
    ...exported("end", 6),
  ),
  ...section(
    10,
    6,
    ...body(constant, 0, constant, 7, store, 2, 0),
    ...body(localGet, 0, localGet, 1, 0x6a),
    ...body(localGet, 0, 0x42, 1, 0x7c),
    ...body(constant, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f),
    ...body(
      constant,
      0,
      constant,
      0,
      load,
      2,
      0,
      constant,
      1,
      0x6a,
      store,
      2,
      0,
      constant,
      0,
      load,
      2,
      0,
    ),
    ...body(constant, 4, call, 0),
  ),
]);
