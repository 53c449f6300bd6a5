import { expect, test } from "vitest";
import { activeData, passiveData, segmentsOf } from "./data-section.ts";
import { list } from "./module-bytes.ts";

const active = { address: 1_048_576, bytes: Uint8Array.of(1, 2, 3) };

test("segments are read as they were written", () => {
  const content = list([passiveData(Uint8Array.of(9)), activeData(active)]);
  expect(segmentsOf(content)).toEqual([{ address: undefined, bytes: Uint8Array.of(9) }, active]);
});

test.each([
  ["of another memory", [2, 1, 0x41, 0, 0x0b, 0]],
  ["whose address is a global's", [0, 0x23, 0, 0x0b, 0]],
])("a segment %s is refused", (_, segment) => {
  expect(() => segmentsOf(list([Uint8Array.from(segment)]))).toThrow(/expected a data segment/);
});
