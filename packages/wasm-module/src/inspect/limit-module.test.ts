import { describe, expect, test } from "vitest";
import { inspectModule } from "./inspect-module.ts";
import { limitModule } from "./limit-module.ts";
import { buildModule, funcref } from "./module-builder.testing.ts";
import { ModuleError } from "./module-error.ts";
import { moduleErrorOf } from "./module-error.testing.ts";
import { parseModule } from "./module-structure.ts";

const valid = buildModule();

describe("limitModule", () => {
  test("gives the memory a maximum and changes nothing else", () => {
    const limited = limitModule(valid, { maxMemoryPages: 256 });
    expect(limited).toEqual(buildModule({ memories: [[0x01, 17, 0x80, 0x02]] }));
    expect(inspectModule(limited).memory.maxPages).toBe(256);
  });

  test("gives tables a maximum and changes nothing else", () => {
    const limited = limitModule(valid, { maxTableElements: 1000 });
    expect(limited).toEqual(buildModule({ tables: [[funcref, 0x01, 1, 0xe8, 0x07]] }));
  });

  test("limits memory and several tables at once", () => {
    const tables = [
      [funcref, 0x00, 1],
      [funcref, 0x01, 1, 2],
      [funcref, 0x01, 1, 0xff, 0x7f],
    ];
    const limited = limitModule(buildModule({ tables }), {
      maxMemoryPages: 17,
      maxTableElements: 10,
    });
    const expected = buildModule({
      tables: [
        [funcref, 0x01, 1, 4],
        [funcref, 0x01, 1, 2],
        [funcref, 0x01, 1, 4],
      ],
      memories: [[0x01, 17, 17]],
    });
    expect(limited).toEqual(expected);
  });

  test("stops a guest at the limit", () => {
    const growByThree = [0x41, 3, 0x40, 0x00];
    const functions = [
      { type: 1, body: [0x41, 0] },
      { type: 2, body: growByThree },
      { type: 3, body: [] },
    ];
    const module = buildModule({ functions });
    expect(grow(limitModule(module, { maxMemoryPages: 20 }))).toBe(17);
    expect(grow(limitModule(module, { maxMemoryPages: 19 }))).toBe(-1);
  });

  test("lowers a maximum, but does not raise it", () => {
    const module = buildModule({ memories: [[0x01, 1, 16]] });
    const lowered = limitModule(module, { maxMemoryPages: 8 });
    expect(inspectModule(lowered).memory).toEqual({
      minPages: 1,
      maxPages: 8,
      shared: false,
    });
    expect(limitModule(module, { maxMemoryPages: 16 })).toBe(module);
    expect(limitModule(module, { maxMemoryPages: 65_536 })).toBe(module);
  });

  test("keeps flags, and integers that are longer than necessary", () => {
    const padded = [0x81, 0x80, 0x80, 0x80, 0x00];
    const limited = limitModule(
      buildModule({ memories: [[0x03, ...padded, ...padded.with(0, 0x82)]] }),
      {
        maxMemoryPages: 1,
      },
    );
    expect(limited).toEqual(buildModule({ memories: [[0x03, ...padded, 1]] }));
  });

  test("rewrites the section's size if it needs another byte", () => {
    const tables = Array.from({ length: 42 }, () => [funcref, 0x00, 1]);
    const limited = limitModule(buildModule({ tables }), { maxTableElements: 42 });
    expect(limited).toEqual(buildModule({ tables: tables.map(() => [funcref, 0x01, 1, 1]) }));
  });

  test("returns the same bytes if there is nothing to limit", () => {
    expect(limitModule(valid, {})).toBe(valid);
    const bare = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(limitModule(bare, { maxMemoryPages: 1, maxTableElements: 1 })).toBe(bare);
  });

  test("doesn't change the given bytes", () => {
    const before = valid.slice();
    limitModule(valid, { maxMemoryPages: 20, maxTableElements: 20 });
    expect(valid).toEqual(before);
  });

  test("refuses modules that start with more than the limit", () => {
    const memoryError = moduleErrorOf(() => limitModule(valid, { maxMemoryPages: 16 }));
    expect(memoryError.code).toBe("FLAWLESS_MODULE_MEMORY_TOO_LARGE");
    expect(memoryError.message).toContain("at most 16 pages, but it starts with 17");
    const tableError = moduleErrorOf(() => limitModule(valid, { maxTableElements: 0 }));
    expect(tableError.code).toBe("FLAWLESS_MODULE_TABLE_TOO_LARGE");
    expect(tableError.message).toContain("at most 0 elements, but it starts with 1");
  });

  test.each([
    { maxMemoryPages: 65_537 },
    { maxMemoryPages: -1 },
    { maxMemoryPages: 1.5 },
    { maxTableElements: 10_000_001 },
    { maxTableElements: NaN },
  ])("refuses the limits %o", (limits) => {
    const [option] = Object.keys(limits);
    expect(() => limitModule(valid, limits)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option }),
    );
  });

  test("limits every file with one byte changed, or throws ModuleError", () => {
    const changed = valid.slice();
    for (let offset = 0; offset < valid.length; offset += 1) {
      for (let change = 1; change < 256; change += 1) {
        changed[offset] = (valid[offset] ?? 0) ^ change;
        try {
          const { memories } = parseModule(limitModule(changed, { maxMemoryPages: 100 }));
          expect(memories.every(({ maximum }) => maximum !== null && maximum <= 100)).toBe(true);
        } catch (error) {
          if (!(error instanceof ModuleError))
            throw new Error(`byte ${offset} changed by ${change}`, { cause: error });
        }
      }
      changed[offset] = valid[offset] ?? 0;
    }
  });
});

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Record<string, () => number> };
};

/** Runs the workflow's first half and returns the result of `memory.grow`. */
function grow(bytes: Uint8Array): number | undefined {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    wasabi: { submit: () => 0 },
  });
  return exports["#flawless#workflow#init#start"]?.();
}
