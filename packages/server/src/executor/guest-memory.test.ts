import { describe, expect, test } from "vitest";
import { type GuestExports, GuestMemory } from "./guest-memory.ts";
import { webAssembly } from "./webassembly.ts";

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: {
  readonly Memory: new (options: { readonly initial: number }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
};

const pageBytes = 65_536;

function guest(
  options: { alloc?: (capacity: number) => number; bytes?: number } = {},
): GuestExports & {
  readonly view: DataView;
} {
  const buffer = new ArrayBuffer(options.bytes ?? pageBytes);
  return {
    memory: { buffer },
    "wasabi::alloc": options.alloc ?? (() => 1_000),
    view: new DataView(buffer),
  };
}

function readText(exports: GuestExports, pointer: number, length: number): string | undefined {
  return new GuestMemory(exports).readText(pointer, length);
}

function writeAnswer(
  exports: GuestExports,
  answer: string,
  pointerField: number,
  lengthField: number,
): number {
  return new GuestMemory(exports).writeAnswer(answer, pointerField, lengthField);
}

function withText(text: Uint8Array, at = 100): GuestExports {
  const exports = guest();
  new Uint8Array(exports.memory.buffer).set(text, at);
  return exports;
}

describe("a guest's text", () => {
  test("is read as UTF-8", () => {
    const text = Buffer.from('"gr\u00fc\u00dfe \u{1F600}"');

    expect(readText(withText(text), 100, text.length)).toBe('"gr\u00fc\u00dfe \u{1F600}"');
  });

  test("may end where the memory ends, but not beyond", () => {
    const exports = withText(Buffer.from("end"), pageBytes - 3);

    expect(readText(exports, pageBytes - 3, 3)).toBe("end");
    expect(readText(exports, pageBytes - 3, 4)).toBeUndefined();
  });

  test("may not lie in pages that the guest has not asked for", () => {
    const bytes = 3 * pageBytes;
    const asked = (value: number): GuestExports => ({ ...guest({ bytes }), "#pages": { value } });

    expect(readText(asked(2), 2 * pageBytes - 1, 1)).toBe("\0");
    expect(readText(asked(2), 2 * pageBytes - 1, 2)).toBeUndefined();
    expect(readText(asked(3), 2 * pageBytes - 1, 2)).toBe("\0\0");
  });

  test.each([
    ["a pointer past the end", pageBytes + 16, 1],
    ["a length of 4 GiB", 0, -1],
    ["a pointer and a length whose sum passes 32 bits", -1, -1],
  ])("with %s is undefined", (_what, pointer, length) => {
    expect(readText(guest(), pointer, length)).toBeUndefined();
  });

  test("that is not UTF-8 is undefined", () => {
    expect(readText(withText(Uint8Array.of(0x22, 0xff, 0x22)), 100, 3)).toBeUndefined();
    expect(readText(withText(Uint8Array.of(0xed, 0xa0, 0x80)), 100, 3)).toBeUndefined();
  });
});

describe("an answer", () => {
  test("is written where the guest wants it, along with its pointer and length", () => {
    let asked = 0;
    const exports = guest({ alloc: (capacity) => ((asked = capacity), 1_000) });

    expect(writeAnswer(exports, '"\u00fc"', 16, 20)).toBe(0);

    expect(asked).toBe(4);
    expect(readText(exports, 1_000, 4)).toBe('"\u00fc"');
    expect(exports.view.getUint32(16, true)).toBe(1_000);
    expect(exports.view.getUint32(20, true)).toBe(4);
  });

  test("is written into the guest's memory after it has grown, as are all later ones", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    let place = 0;
    const exports: GuestExports = {
      memory,
      "wasabi::alloc": () => (place = memory.grow(1) * pageBytes + 8),
    };
    const guestMemory = new GuestMemory(exports);

    for (const answer of ["null", '"later"']) {
      expect(guestMemory.writeAnswer(answer, 16, 20)).toBe(0);
      expect(guestMemory.readText(place, answer.length)).toBe(answer);
      const view = new DataView(memory.buffer);
      expect([view.getUint32(16, true), view.getUint32(20, true)]).toEqual([place, answer.length]);
    }
    expect(guestMemory.size).toBe(3 * pageBytes);
  });

  test("with half of a character has the replacement character there", () => {
    const exports = guest();

    expect(writeAnswer(exports, '"\ud800"', 16, 20)).toBe(0);
    expect(readText(exports, 1_000, 5)).toBe('"\ufffd"');
  });

  test.each([
    ["its place is beyond the memory", () => pageBytes - 2, 16, 20],
    ["its place is the negative of an address", () => -16, 16, 20],
    ["the pointer's place is", () => 1_000, pageBytes - 3, 20],
    ["the length's place is", () => 1_000, 16, pageBytes],
  ])("is not written if %s", (_what, alloc, pointer, length) => {
    const exports = guest({ alloc });

    expect(writeAnswer(exports, "null", pointer, length)).toBe(-7);
    expect(new Uint8Array(exports.memory.buffer).every((byte) => byte === 0)).toBe(true);
  });

  test("returns the ABI's code if the guest's alloc traps", () => {
    const trapping = (): number => {
      throw new webAssembly.RuntimeError();
    };
    const recursing = (): number => recursing();

    expect(writeAnswer(guest({ alloc: trapping }), "null", 16, 20)).toBe(-3);
    expect(writeAnswer(guest({ alloc: recursing }), "null", 16, 20)).toBe(-3);
  });

  test("rethrows anything but a trap: a stopped guest must not continue", () => {
    const alloc = (): number => {
      throw new Error("stopped");
    };

    expect(() => writeAnswer(guest({ alloc }), "null", 16, 20)).toThrow("stopped");
  });
});
