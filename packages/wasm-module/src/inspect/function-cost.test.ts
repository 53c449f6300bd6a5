import { describe, expect, test } from "vitest";
import { type Arity, type FunctionCost, measureFunction } from "./function-cost.ts";

const none: Arity = { parameters: 0, results: 0 };
const types: readonly Arity[] = [none, { parameters: 2, results: 3 }];

/** Measures a body with this many locals; `end` is appended. */
function measure(locals: number, ...body: readonly number[]): FunctionCost {
  const bytes = Uint8Array.of(...(locals === 0 ? [0] : [1, locals, 0x7e]), ...body, 0x0b);
  return measureFunction(bytes, 0, bytes.length, none, { types, functions: types });
}

/** The slots for the given instructions, without those for the function's start and end. */
function slotsOf(locals: number, ...body: readonly number[]): number {
  return measure(locals, ...body).slots - 2 * locals;
}

const constant = [0x41, 0];
const i32Const = (count: number): number[] => Array.from({ length: count }, () => constant).flat();

describe("what a compiler must store", () => {
  test("is nothing for linear code", () => {
    expect(slotsOf(0, ...constant, ...constant, 0x6a, 0x1a)).toBe(0);
    expect(measure(10, ...constant, 0x1a)).toMatchObject({ locals: 10, slots: 20, depth: 0 });
  });

  test("is all locals and operands, for each block, branch and end", () => {
    expect(slotsOf(10, 0x02, 0x40, ...constant, 0x0d, 0, 0x0b)).toBe(30);
    expect(slotsOf(10, ...i32Const(5), 0x02, 0x40, 0x0b, ...Array(5).fill(0x1a))).toBe(30);
  });

  test("grows with each target of a table, but no more than there are blocks", () => {
    const table = (...targets: readonly number[]): number[] => [
      ...[0x02, 0x40, ...constant, 0x0e, targets.length, ...targets, 0, 0x0b],
    ];
    expect(slotsOf(10, ...table(0))).toBe(10 + 20 + 2 + 10);
    expect(slotsOf(10, ...table(0, 0, 0, 0))).toBe(10 + 20 + 5 + 10);
  });

  test("is a lot for calls' parameters and results", () => {
    expect(slotsOf(0, 0x10, 1, 0x1a, 0x1a, 0x1a)).toBe(250);
    expect(slotsOf(0, ...constant, 0x11, 1, 0, 0x1a, 0x1a, 0x1a)).toBe(250);
  });

  test.each([
    ["what a call gives", [0x10, 1], 3],
    ["the results of a block", [0x02, 0x7f, ...constant, 0x0b], 1],
    ["nothing behind an exit", [...i32Const(3), 0x00], 0],
    ["what a comparison leaves of two", [...i32Const(2), 0x46], 1],
    ["what a load leaves of an address", [...constant, 0x28, 2, 0], 1],
    ["what a load from a numbered memory leaves", [...constant, 0x28, 0x42, 0, 0], 1],
    ["what stores and fills leave", [...i32Const(2), 0x36, 2, 0, ...i32Const(3), 0xfc, 11, 0], 0],
    ["vectors", [0xfd, 12, ...Array<number>(16).fill(0), 0xfd, 0x4d], 1],
    ["numbers of 32 and 64 bits", [0x43, 0, 0, 0, 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0], 2],
    ["a choice of three", [...i32Const(3), 0x1c, 1, 0x7f], 1],
    ["what a table grows by", [0xd0, 0x70, ...constant, 0xfc, 15, 0], 1],
  ])("knows how many operands there are: %s", (_what, body, operands) => {
    const withoutBlock = measure(0, ...body);
    const withBlock = measure(0, ...body, 0x02, 0x40, 0x0b);
    expect(withBlock.isKnown).toBe(true);
    expect(withBlock.slots - withoutBlock.slots).toBe(2 * operands);
  });
});

test("includes the size of the machine code", () => {
  const lines = measure(0, ...constant, 0x1a).codeBytes;
  expect(measure(0, ...constant, ...constant, 0x1a, 0x1a).codeBytes - lines).toBe(32);
  expect(measure(0, ...constant, 0x11, 0, 0, ...constant, 0x1a).codeBytes - lines).toBe(336);
});

test("includes the depth of blocks", () => {
  expect(measure(0, 0x02, 0x40, 0x03, 0x40, 0x0b, 0x0b, 0x02, 0x40, 0x0b).depth).toBe(2);
});

test.each([
  ["garbage collection", [0xfb, 0x1c]],
  ["exceptions", [0x06, 0x40]],
  ["atomic access", [0xfe, 0x00]],
  ["a vector instruction that is not there yet", [0xfd, 0xff, 0x7f]],
])("says so if it doesn't know an instruction: %s", (_what, instruction) => {
  expect(measure(0, ...instruction, 0x0b).isKnown).toBe(false);
});

test("ends with the body, however it is truncated", () => {
  const bytes = Uint8Array.of(
    1,
    0xff,
    0xff,
    0xff,
    0xff,
    0x0f,
    0x7e,
    0x0e,
    0xff,
    0xff,
    0xff,
    0xff,
    0x0f,
  );
  for (let end = 0; end <= bytes.length; end += 1) {
    expect(measureFunction(bytes, 0, end, none, { types, functions: types }).bodyBytes).toBe(end);
  }
});
