import { describe, expect, test } from "vitest";
import { refusalOf } from "../testing/test-host.ts";
import { GuestMemory, maxTransferBytes, totalLength } from "./guest-memory.ts";

function newMemory(length = 64): { memory: GuestMemory; bytes: Uint8Array } {
  const buffer = new ArrayBuffer(length);
  return { memory: new GuestMemory({ buffer }), bytes: new Uint8Array(buffer) };
}

describe("GuestMemory", () => {
  test("reads what it wrote, little-endian", () => {
    const { memory, bytes } = newMemory();
    memory.setU8(0, 0x12);
    memory.setU16(2, 0x1234);
    memory.setU32(4, 0x12345678);
    memory.setU64(8, 0x123456789abcdef0n);
    expect([memory.u8(0), memory.u16(2), memory.u32(4), memory.u64(8)]).toEqual([
      0x12,
      0x1234,
      0x12345678,
      0x123456789abcdef0n,
    ]);
    expect([...bytes.subarray(2, 6)]).toEqual([0x34, 0x12, 0x78, 0x56]);
  });

  test("refuses anything outside, up to the last byte", () => {
    const { memory } = newMemory();
    expect(memory.u64(56)).toBe(0n);
    expect(refusalOf(() => memory.u64(57))).toBe("fault");
    expect(refusalOf(() => memory.setU64(57, 0n))).toBe("fault");
    expect(refusalOf(() => memory.u32(0xffff_ffff))).toBe("fault");
    expect(memory.bytes(64, 0).length).toBe(0);
    expect(refusalOf(() => memory.bytes(60, 5))).toBe("fault");
    expect(refusalOf(() => memory.text(60, 5))).toBe("fault");
  });

  test("follows a memory that grows", () => {
    let buffer = new ArrayBuffer(8);
    const memory = new GuestMemory({
      get buffer() {
        return buffer;
      },
    });
    expect(refusalOf(() => memory.u32(8))).toBe("fault");
    buffer = new ArrayBuffer(16);
    new DataView(buffer).setUint32(8, 99, true);
    expect(memory.u32(8)).toBe(99);
  });

  test("refuses text that is not UTF-8, and accepts a byte order mark as text", () => {
    const { memory, bytes } = newMemory();
    bytes.set([0xff, 0xef, 0xbb, 0xbf]);
    expect(refusalOf(() => memory.text(0, 1))).toBe("ilseq");
    expect(memory.text(1, 3)).toBe("\u{feff}");
  });

  test("gathers and scatters pieces in their order", () => {
    const { memory, bytes } = newMemory();
    bytes.set(Buffer.from("abcdef"), 40);
    memory.setU32(0, 43);
    memory.setU32(4, 3);
    memory.setU32(8, 40);
    memory.setU32(12, 2);
    const pieces = memory.pieces(0, 2);
    expect(totalLength(pieces)).toBe(5);
    expect(Buffer.from(memory.gather(pieces)).toString()).toBe("defab");
    memory.scatter(pieces, Buffer.from("1234"));
    expect(Buffer.from(bytes.subarray(40, 46)).toString()).toBe("4bc123");
  });

  test("refuses pieces outside, and a list of them outside, without checking each", () => {
    const { memory } = newMemory();
    memory.setU32(0, 60);
    memory.setU32(4, 5);
    expect(refusalOf(() => memory.pieces(0, 1))).toBe("fault");
    expect(refusalOf(() => memory.pieces(0, 0x7fff_ffff))).toBe("fault");
    expect(refusalOf(() => memory.pieces(0xffff_fff0, 1))).toBe("fault");
  });

  test("transfers a limited number of bytes at a time", () => {
    const { memory } = newMemory(maxTransferBytes + 64);
    memory.setU32(4, maxTransferBytes - 10);
    memory.setU32(12, 30);
    memory.setU32(20, 30);
    const lengths = memory.pieces(0, 3).map(({ length }) => length);
    expect(lengths).toEqual([maxTransferBytes - 10, 10]);
  });
});
