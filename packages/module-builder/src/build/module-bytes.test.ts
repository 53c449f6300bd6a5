import { expect, test } from "vitest";
import { i32Constant, readSections, writeModule } from "./module-bytes.ts";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { moduleLinkage } from "@flawless-ts/test-helpers/module-linkage";

test.each([
  [0, [0x41, 0x00]],
  [63, [0x41, 0x3f]],
  [64, [0x41, 0xc0, 0x00]],
  [-1, [0x41, 0x7f]],
  [-64, [0x41, 0x40]],
  [128, [0x41, 0x80, 0x01]],
  [2 ** 31 - 1, [0x41, 0xff, 0xff, 0xff, 0xff, 0x07]],
  [2 ** 31, [0x41, 0x80, 0x80, 0x80, 0x80, 0x78]],
])("the constant %i is encoded as LEB128", (value, bytes) => {
  expect([...i32Constant(value)]).toEqual(bytes);
});

test("a module that is split and rejoined is unchanged", () => {
  const module = fixtureBytes("crawler");
  const again = writeModule(readSections(module));
  expect(moduleLinkage(again)).toEqual(moduleLinkage(module));
});
