import { expect, test } from "vitest";
import { dataSegments } from "./data-segments.ts";

const memoryWith = (
  pieces: Readonly<Record<number, readonly number[]>>,
  size = 256,
): Uint8Array<ArrayBuffer> => {
  const memory = new Uint8Array(size);
  for (const [address, bytes] of Object.entries(pieces)) memory.set(bytes, Number(address));
  return memory;
};

test("the segments restore the memory", () => {
  const memory = memoryWith({ 0: [1], 3: [9], 40: [5, 0, 0, 0, 0, 0, 0, 0, 6], 252: [0, 0, 0, 7] });
  const again = new Uint8Array(memory.length);
  for (const { address, bytes } of dataSegments(memory)) again.set(bytes, address);
  expect(again).toEqual(memory);
});

test("memory of only zeros needs none", () => {
  expect(dataSegments(new Uint8Array(64))).toEqual([]);
});

test("a short run of zeros doesn't end a segment, but a long one does", () => {
  expect(dataSegments(memoryWith({ 0: [1], 16: [1] }))).toHaveLength(1);
  expect(dataSegments(memoryWith({ 0: [1], 64: [1] })).map(({ address }) => address)).toEqual([
    0, 64,
  ]);
});
