import { describe, expect, test } from "vitest";
import { SharedOutput } from "./shared-output.ts";

const text = (output: SharedOutput): string => Buffer.from(output.read()).toString();

describe("SharedOutput", () => {
  test("can be read through another object at the same place", () => {
    const output = SharedOutput.create(100);
    const other = new SharedOutput(output.place);
    expect(text(other)).toBe("");
    output.append(Buffer.from("hel"));
    output.append(Buffer.from("lo"));
    expect(text(other)).toBe("hello");
  });

  test("grows up to its limit, byte for byte", () => {
    const limit = 10_001;
    const output = SharedOutput.create(limit);
    for (let count = 0; count < limit; count += 1) output.append(Buffer.from(String(count % 10)));
    expect(text(output)).toBe("0123456789".repeat(1000) + "0");
  });

  test("accepts large writes", () => {
    const output = SharedOutput.create(1_000_000);
    output.append(Buffer.alloc(1_000_000, "x"));
    expect(output.read()).toHaveLength(1_000_000);
  });

  test("what was read doesn't change any more", () => {
    const output = SharedOutput.create(100);
    output.append(Buffer.from("a"));
    const before = output.read();
    output.append(Buffer.from("b"));
    expect(Buffer.from(before).toString()).toBe("a");
  });
});
