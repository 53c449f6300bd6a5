import { expect, test } from "vitest";
import { decodeVarint, encodeVarint, varintLength } from "./varint.ts";

// RFC 9000, appendix A.1.
test.each([
  ["25", 37],
  ["7bbd", 15_293],
  ["9d7f3e7d", 494_878_333],
  ["c2197c5eff14e88c", 151_288_809_941_952_652n],
])("%s is the integer that the RFC gives for it", (hex, value) => {
  const bytes = Buffer.from(hex, "hex");
  expect(varintLength(bytes[0] ?? 0)).toBe(bytes.length);
  expect(decodeVarint(bytes)).toBe(typeof value === "number" ? value : Infinity);
});

test.each([0, 63, 64, 16_383, 16_384, 2 ** 30 - 1, 2 ** 30, Number.MAX_SAFE_INTEGER])(
  "%d is read as it was written",
  (value) => {
    expect(decodeVarint(encodeVarint(value))).toBe(value);
  },
);

test.each([-1, 0.5, 2 ** 53, NaN])("%d can't be written", (value) => {
  expect(() => encodeVarint(value)).toThrow(RangeError);
});
