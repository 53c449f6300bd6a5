import { describe, expect, test } from "vitest";
import { shareElements } from "./instance-size.ts";
import { inspectModule } from "./inspect-module.ts";
import { limitModule } from "./limit-module.ts";
import { buildModule, funcref } from "./module-builder.testing.ts";
import { moduleErrorOf } from "./module-error.testing.ts";
import { type Limits, parseModule } from "./module-structure.ts";

const page = 65_536;
const module = buildModule();

function tables(...sizes: readonly (readonly [number, number | null])[]): readonly Limits[] {
  return sizes.map(([minimum, maximum]) => ({
    ...{ minimum, maximum, shared: false, is64: false, start: 0, minimumEnd: 0, end: 0 },
  }));
}

describe("elements are shared among tables", () => {
  test.each([
    ["one gets all", tables([1, null]), 100, [100]],
    ["equal ones get as much", tables([0, null], [0, null]), 100, [50, 50]],
    ["what a small one leaves is the others'", tables([0, null], [10, 20]), 100, [80, 20]],
    ["those that can't grow keep what they have", tables([5, 5], [0, null]), 100, [5, 95]],
    ["there may be no more than they start with", tables([50, null], [50, 60]), 100, [50, 50]],
  ])("elements are shared among tables: %s", (_what, sizes, most, expected) => {
    expect(shareElements(sizes, most)).toEqual(expected);
  });

  test("tables that start with more in total are refused", () => {
    const error = moduleErrorOf(() => shareElements(tables([60, null], [60, 60]), 100));
    expect(error.code).toBe("FLAWLESS_MODULE_TABLE_TOO_LARGE");
    expect(error.message).toContain("at most 100 elements, but they start with 120");
  });
});

describe("the limit of an instance", () => {
  test("leaves to the memory what the rest of the instance doesn't use", () => {
    const limited = inspectModule(limitModule(module, { maxInstanceBytes: 100 * page }));
    expect(limited.memory.maxPages).toBeLessThan(100);
    expect(limited.memory.maxPages).toBeGreaterThanOrEqual(74);
  });

  test("applies to tables as well, which get a quarter", () => {
    const limited = limitModule(module, { maxInstanceBytes: 100 * page });
    expect(parseModule(limited).tables[0]?.maximum).toBe((25 * page) / 32);
  });

  test("refuses a module that leaves too little", () => {
    const large = buildModule({ tables: [[funcref, 1, 0xa0, 0x8d, 0x06, 0xa0, 0x8d, 0x06]] });
    const error = moduleErrorOf(() => limitModule(large, { maxInstanceBytes: 60 * page }));
    expect(error.code).toBe("FLAWLESS_MODULE_MEMORY_TOO_LARGE");
    expect(error.message).toMatch(/at most 11 pages beside the 320\d{4} bytes that its tables/);
  });
});
