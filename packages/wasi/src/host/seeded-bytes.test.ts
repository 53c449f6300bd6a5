import { describe, expect, test } from "vitest";
import { SeededBytes } from "./seeded-bytes.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("SeededBytes", () => {
  test("depend only on the seed, on every machine", () => {
    expect(hex(new SeededBytes(0).next(8))).toBe("c93e54cdcf70b198");
    expect(hex(new SeededBytes(0).next(8))).toBe("c93e54cdcf70b198");
    expect(hex(new SeededBytes(1).next(8))).not.toBe("c93e54cdcf70b198");
  });

  test("continue, however many are taken at once", () => {
    const bytes = new SeededBytes(7);
    const parts = hex(bytes.next(3)) + hex(bytes.next(0)) + hex(bytes.next(29));
    expect(parts).toBe(hex(new SeededBytes(7).next(32)));
  });
});
