import { expect, test } from "vitest";
import { FunctionTypes } from "./function-types.ts";

const type = (...bytes: readonly number[]): Uint8Array => Uint8Array.of(0x60, ...bytes);

test("types that were seen before don't count again", () => {
  const types = new FunctionTypes(2);
  types.add([type(0, 0), type(1, 0x7f, 0)], { isKnown: false });
  types.add([type(0, 0), type(1, 0x7f, 0), type(0, 0)], { isKnown: false });

  expect(() => types.add([type(0, 1, 0x7f)], { isKnown: false })).toThrow(
    "This process has seen 2 different function types, and can't take 1 more",
  );
});

test("refused types don't count; those of deployed modules are always accepted", () => {
  const types = new FunctionTypes(2);
  const three = [type(0, 0), type(1, 0x7f, 0), type(1, 0x7e, 0)];
  expect(() => types.add(three, { isKnown: false })).toThrow("3 more");
  types.add(three.slice(1), { isKnown: false });
  types.add(three, { isKnown: true });
});

test("long types are distinguished", () => {
  const types = new FunctionTypes(1);
  const long = (last: number): Uint8Array => type(30, ...Array<number>(29).fill(0x7f), last, 0);
  types.add([long(0x7f), long(0x7f)], { isKnown: false });
  expect(() => types.add([long(0x7e)], { isKnown: false })).toThrow("1 more");
});
