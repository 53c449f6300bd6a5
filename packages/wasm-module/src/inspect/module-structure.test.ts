import { describe, expect, test } from "vitest";
import {
  assemble,
  buildModule,
  funcref,
  kinds,
  list,
  minimalModule,
  section,
  sections,
  submitImport,
  text,
  types,
} from "./module-builder.testing.ts";
import { moduleErrorOf } from "./module-error.testing.ts";
import { parseModule } from "./module-structure.ts";

const valid = buildModule();
const memorySection = section(sections.memory, list([[0x00, 1]]));

describe("parseModule", () => {
  test("reads imports and exports with their types", () => {
    const { imports, exports } = parseModule(valid);
    expect(imports).toEqual([
      {
        module: "wasabi",
        name: "submit",
        kind: "function",
        functionType: "(i32, i32, i32, i32) -> i32",
      },
    ]);
    expect(exports).toContainEqual({ name: "memory", kind: "memory", functionType: null });
    expect(exports).toContainEqual({
      name: "wasabi::alloc",
      kind: "function",
      functionType: "(i32) -> i32",
    });
    expect(exports).toContainEqual({
      name: "#flawless#workflow#run#start",
      kind: "function",
      functionType: "() -> ()",
    });
  });

  test.each([
    [[0x60, 2, 0x7e, 0x7d, 2, 0x7c, 0x7b], "(i64, f32) -> (f64, v128)"],
    [[0x60, 3, 0x63, 0x70, 0x64, 0xff, 0x00, 0x6f, 0], "(ref, ref, externref) -> ()"],
    [[0x60, 9, ...Array<number>(9).fill(0x7f), 1, 0x70], "(9 values) -> funcref"],
    [[0x60, 1, 0x11, 1, 0x7f], "(0x11) -> i32"],
  ])("names the type %o", (type, name) => {
    const { imports } = parseModule(
      buildModule({ types: [type, ...minimalModule.types.slice(1)] }),
    );
    expect(imports[0]?.functionType).toBe(name);
  });

  test("reads every kind of import", () => {
    const imports = [
      submitImport,
      { module: "env", name: "t", kind: kinds.table, description: [funcref, 0x01, 1, 2] },
      { module: "env", name: "m", kind: kinds.memory, description: [0x00, 1] },
      { module: "env", name: "g", kind: kinds.global, description: [0x7f, 1] },
      { module: "env", name: "e", kind: kinds.tag, description: [0, types.run] },
      { module: "env", name: "f", kind: kinds.function, description: [types.run] },
    ];
    expect(
      parseModule(buildModule({ imports })).imports.map(({ name, kind }) => [name, kind]),
    ).toEqual([
      ["submit", "function"],
      ["t", "table"],
      ["m", "memory"],
      ["g", "global"],
      ["e", "tag"],
      ["f", "function"],
    ]);
  });

  test.each([
    [[0x00, 1], { minimum: 1, maximum: null, shared: false, is64: false }],
    [[0x01, 1, 0x80, 0x02], { minimum: 1, maximum: 256, shared: false, is64: false }],
    [[0x03, 1, 2], { minimum: 1, maximum: 2, shared: true, is64: false }],
    [
      [0x05, 0x80, 0x80, 0x80, 0x80, 0x10, 0x80, 0x80, 0x80, 0x80, 0x20],
      { minimum: 2 ** 32, maximum: 2 ** 33, is64: true },
    ],
  ])("reads the limits %o", (limits, expected) => {
    const { memories, tables } = parseModule(
      buildModule({ memories: [limits], tables: [[funcref, ...limits]] }),
    );
    expect(memories).toMatchObject([expected]);
    expect(tables).toMatchObject([expected]);
  });

  test("skips any number of custom sections anywhere", () => {
    const custom = section(sections.custom, [...text("name"), 0xff, 0xff]);
    expect(parseModule(assemble([custom, custom, memorySection, custom])).memories).toHaveLength(1);
  });

  test("says where a file was truncated", () => {
    for (let length = 1; length < 8; length += 1) {
      expect(moduleErrorOf(() => parseModule(valid.slice(0, length))).code).toBe(
        "FLAWLESS_MODULE_TRUNCATED",
      );
    }
    const error = moduleErrorOf(() => parseModule(valid.slice(0, 20)));
    expect(error.code).toBe("FLAWLESS_MODULE_TRUNCATED");
    expect(error.message).toContain("ends at offset 20");
    expect(error.message).toContain("starts at offset 10 and should have");
  });

  test.each([
    ["after a section's number", [0x01]],
    ["within a section's size", [0x01, 0x80]],
    ["before a section's content", [0x01, 0x05]],
  ])("finds a file cut off %s", (_where, bytes) => {
    expect(moduleErrorOf(() => parseModule(assemble([bytes]))).code).toBe(
      "FLAWLESS_MODULE_TRUNCATED",
    );
  });

  test("detects a file truncated between sections, before the functions' bodies", () => {
    const codeLength = section(
      sections.code,
      list([
        [4, 0, 0x41, 0, 0x0b],
        [4, 0, 0x41, 0, 0x0b],
        [2, 0, 0x0b],
      ]),
    ).length;
    const error = moduleErrorOf(() => parseModule(valid.slice(0, -codeLength)));
    expect(error.code).toBe("FLAWLESS_MODULE_TRUNCATED");
    expect(error.message).toContain("without the bodies of its 3 functions");
  });

  test.each([
    ["FLAWLESS_MODULE_NOT_WASM", "an empty file", Uint8Array.of()],
    ["FLAWLESS_MODULE_NOT_WASM", "WebAssembly text", new TextEncoder().encode("(module)")],
    [
      "FLAWLESS_MODULE_IS_COMPONENT",
      "component",
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
    ],
    [
      "FLAWLESS_MODULE_UNSUPPORTED_VERSION",
      "version 2.",
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0),
    ],
    [
      "FLAWLESS_MODULE_UNSUPPORTED_VERSION",
      "version 1 of layer 2",
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 2, 0),
    ],
    [
      "FLAWLESS_MODULE_DUPLICATE_SECTION",
      "second memory section",
      assemble([memorySection, memorySection]),
    ],
    [
      "FLAWLESS_MODULE_MALFORMED",
      "type section at offset 13",
      assemble([memorySection, section(1, [0])]),
    ],
    ["FLAWLESS_MODULE_MALFORMED", "section number 14", assemble([section(14, [])])],
    [
      "FLAWLESS_MODULE_BAD_INTEGER",
      "size of a section",
      assemble([[1, 0x80, 0x80, 0x80, 0x80, 0x80, 0]]),
    ],
    [
      "FLAWLESS_MODULE_BAD_INTEGER",
      "offset 12, in the memory",
      assemble([section(5, [1, 0, 0x80, 0x80, 0x80, 0x80, 0x7f])]),
    ],
    ["FLAWLESS_MODULE_BAD_TEXT", "custom section", assemble([section(0, [1, 0xff])])],
    ["FLAWLESS_MODULE_BAD_TEXT", "export section", assemble([section(7, [1, 1, 0xff, 0, 0])])],
    [
      "FLAWLESS_MODULE_MALFORMED",
      "more than 10000 sections",
      assemble(Array<number[]>(10_001).fill(section(0, [0]))),
    ],
    ["FLAWLESS_MODULE_MALFORMED", "custom section ends too early", assemble([section(0, [])])],
    ["FLAWLESS_MODULE_MALFORMED", "1 bytes too many", assemble([section(5, [0, 0])])],
    ["FLAWLESS_MODULE_MALFORMED", "memory section ends too early", assemble([section(5, [1])])],
    [
      "FLAWLESS_MODULE_MALFORMED",
      "lists 4294967295",
      assemble([section(1, [0xff, 0xff, 0xff, 0xff, 0x0f])]),
    ],
    ["FLAWLESS_MODULE_MALFORMED", "type 7 of 0", assemble([section(3, [1, 7])])],
    ["FLAWLESS_MODULE_MALFORMED", "function 7 of 0", assemble([section(7, [1, 1, 97, 0, 7])])],
    ["FLAWLESS_MODULE_MALFORMED", "kind 9 of 5", assemble([section(7, [1, 1, 97, 9, 0])])],
    [
      "FLAWLESS_MODULE_MALFORMED",
      "1 bodies for 0 functions",
      assemble([section(10, [1, 2, 0, 0x0b])]),
    ],
    ["FLAWLESS_MODULE_UNSUPPORTED_FEATURE", "form 0x5f", assemble([section(1, [1, 0x5f, 0])])],
    ["FLAWLESS_MODULE_UNSUPPORTED_FEATURE", "flags 0x8", assemble([section(5, [1, 8, 0, 0])])],
    [
      "FLAWLESS_MODULE_UNSUPPORTED_FEATURE",
      "tables with an initial value",
      assemble([section(4, [1, 0x40, 0])]),
    ],
  ])("refuses with %s: %s", (code, message, bytes) => {
    const error = moduleErrorOf(() => parseModule(bytes));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });
});
