import { describe, expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";
import { encodeU32 } from "./leb128.ts";
import { moduleErrorOf } from "./module-error.testing.ts";

function read(...bytes: number[]): ByteReader {
  return new ByteReader(Uint8Array.from(bytes), 0, bytes.length, "test section");
}

describe("ByteReader", () => {
  test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])(
    "reads the LEB128 integer %d",
    (value) => {
      const reader = read(...encodeU32(value));
      expect(reader.u32()).toBe(value);
      expect(reader.atEnd).toBe(true);
    },
  );

  test("reads integers padded with zeros, as linkers write them", () => {
    expect(read(0x81, 0x80, 0x80, 0x80, 0x00).u32()).toBe(1);
    expect(read(0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00).u64()).toBe(1);
  });

  test("reads integers of 64 bits", () => {
    expect(read(0x80, 0x80, 0x80, 0x80, 0x10).u64()).toBe(2 ** 32);
    expect(read(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01).u64()).toBe(2 ** 64);
  });

  test.each([
    ["too long", [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
    ["too large", [0xff, 0xff, 0xff, 0xff, 0x10]],
  ])("refuses integers of 32 bits that are %s", (_what, bytes) => {
    const error = moduleErrorOf(() => read(...bytes).u32());
    expect(error.code).toBe("FLAWLESS_MODULE_BAD_INTEGER");
    expect(error.message).toContain("offset 0, in the test section");
  });

  test("refuses integers of 64 bits that are too large", () => {
    const bytes = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02];
    expect(moduleErrorOf(() => read(...bytes).u64()).code).toBe("FLAWLESS_MODULE_BAD_INTEGER");
  });

  test("skips heap types of any length, except endless ones", () => {
    const reader = read(0xff, 0x01, 7);
    reader.skipHeapType();
    expect(reader.byte()).toBe(7);
    const endless = read(0x80, 0x80, 0x80, 0x80, 0x80, 0x00);
    expect(moduleErrorOf(() => endless.skipHeapType()).code).toBe("FLAWLESS_MODULE_MALFORMED");
  });

  test("never reads past its end", () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3), 1, 2, "test section");
    expect(reader.byte()).toBe(2);
    const error = moduleErrorOf(() => reader.byte());
    expect(error.code).toBe("FLAWLESS_MODULE_MALFORMED");
    expect(error.message).toContain("The test section ends too early, at offset 2");
  });

  test("refuses counts beyond the maximum", () => {
    expect(read(5).count(5)).toBe(5);
    expect(moduleErrorOf(() => read(6).count(5)).message).toContain("lists 6");
  });

  test("reads names in UTF-8, including byte order marks", () => {
    expect(read(5, 0xef, 0xbb, 0xbf, 0xc3, 0xa9).name()).toBe("\uFEFFé");
    expect(moduleErrorOf(() => read(3, 97, 98).name()).code).toBe("FLAWLESS_MODULE_MALFORMED");
    const error = moduleErrorOf(() => read(2, 0xc3, 0x28).name());
    expect(error.code).toBe("FLAWLESS_MODULE_BAD_TEXT");
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test("reads names from shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    shared.set([1, 0x61]);
    expect(new ByteReader(shared, 0, 2, "test section").name()).toBe("a");
  });

  test("refuses extra bytes", () => {
    const reader = read(1, 2);
    expect(moduleErrorOf(() => reader.expectEnd()).message).toContain("2 bytes too many");
  });
});
