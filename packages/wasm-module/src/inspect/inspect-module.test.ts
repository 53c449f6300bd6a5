import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { inspectModule } from "./inspect-module.ts";
import {
  type ExportRecipe,
  type ModuleRecipe,
  allocExport,
  buildModule,
  functions,
  initExport,
  kinds,
  memoryExport,
  minimalModule,
  nameExport,
  runExport,
  submitImport,
  types,
} from "./module-builder.testing.ts";
import { ModuleError } from "./module-error.ts";
import { moduleErrorOf } from "./module-error.testing.ts";

const valid = buildModule();

function named(name: string): ExportRecipe {
  return { ...nameExport, name };
}

function without(missing: ExportRecipe, ...instead: ExportRecipe[]): Partial<ModuleRecipe> {
  return { exports: [...minimalModule.exports.filter((each) => each !== missing), ...instead] };
}

describe("inspectModule", () => {
  test("returns the content", () => {
    expect(inspectModule(valid)).toEqual({
      name: "tiny",
      version: "1.2.3",
      workflows: ["start"],
      imports: [{ module: "wasabi", name: "submit", kind: "function" }],
      exports: [
        { name: "memory", kind: "memory" },
        { name: "#flawless#module#tiny%_#_%1.2.3", kind: "function" },
        { name: "#flawless#workflow#init#start", kind: "function" },
        { name: "#flawless#workflow#run#start", kind: "function" },
        { name: "wasabi::alloc", kind: "function" },
      ],
      memory: { minPages: 17, maxPages: null, shared: false },
      contentHash: createHash("sha256").update(valid).digest("hex"),
      sizeBytes: valid.length,
    });
  });

  test("accepts names with unusual characters and several workflows", () => {
    const exports = [
      memoryExport,
      allocExport,
      named("#flawless#module#a #/é😀%_#_%1.0.0-beta.3+x"),
      { ...runExport, name: "#flawless#workflow#run#__proto__" },
      { ...initExport, name: "#flawless#workflow#init#start" },
      { ...initExport, name: "#flawless#workflow#init#__proto__" },
      { ...runExport, name: "#flawless#workflow#run#start" },
    ];
    expect(inspectModule(buildModule({ exports }))).toMatchObject({
      name: "a #/é😀",
      version: "1.0.0-beta.3+x",
      workflows: ["start", "__proto__"],
    });
  });

  test("accepts a module without host calls", () => {
    const exports = minimalModule.exports.map((each) =>
      each.kind === kinds.function ? { ...each, index: each.index - 1 } : each,
    );
    expect(inspectModule(buildModule({ imports: [], exports })).imports).toEqual([]);
  });

  test("returns the memory's maximum", () => {
    expect(inspectModule(buildModule({ memories: [[0x01, 1, 16]] })).memory).toEqual({
      minPages: 1,
      maxPages: 16,
      shared: false,
    });
  });

  test("reads bytes within a larger buffer, and shared ones", () => {
    const larger = new Uint8Array(valid.length + 20);
    larger.set(valid, 7);
    expect(inspectModule(larger.subarray(7, 7 + valid.length))).toEqual(inspectModule(valid));
    const shared = new Uint8Array(new SharedArrayBuffer(valid.length));
    shared.set(valid);
    expect(inspectModule(shared)).toEqual(inspectModule(valid));
  });

  const importFrom = (module: string, name: string) => ({
    imports: [{ ...submitImport, module, name }],
  });

  test.each<[code: string, message: string, changes: Partial<ModuleRecipe>]>([
    [
      "WASI_IMPORT",
      '"wasi_snapshot_preview1.fd_write"',
      importFrom("wasi_snapshot_preview1", "fd_write"),
    ],
    ["UNKNOWN_IMPORT", '"__wbindgen_placeholder__.f"', importFrom("__wbindgen_placeholder__", "f")],
    ["UNKNOWN_IMPORT", '"wasabi.other"', importFrom("wasabi", "other")],
    [
      "UNKNOWN_IMPORT",
      '"env.f4" and 2 more',
      {
        imports: [...Array(7).keys()].map((index) => ({
          ...submitImport,
          module: "env",
          name: `f${index}`,
        })),
      },
    ],
    [
      "IMPORTED_MEMORY",
      '"env.memory"',
      {
        imports: [
          submitImport,
          { module: "env", name: "memory", kind: kinds.memory, description: [0x00, 1] },
        ],
      },
    ],
    [
      "BAD_IMPORT_TYPE",
      "(i32, i32, i32, i32) -> i32, but it is a function (i32) -> i32",
      { imports: [{ ...submitImport, description: [types.alloc] }] },
    ],
    [
      "BAD_IMPORT_TYPE",
      "but it is a global.",
      { imports: [{ ...submitImport, kind: kinds.global, description: [0x7f, 0] }, submitImport] },
    ],
    ["NO_NAME", "#flawless#module#NAME%_#_%VERSION", without(nameExport)],
    [
      "TWO_NAMES",
      "exports 2 of them",
      without(nameExport, nameExport, named("#flawless#module#b%_#_%1")),
    ],
    ["BAD_NAME", "%_#_% between them", without(nameExport, named("#flawless#module#tiny"))],
    [
      "BAD_NAME",
      "%_#_% between them",
      without(nameExport, named("#flawless#module#a%_#_%b%_#_%c")),
    ],
    [
      "BAD_NAME",
      "name cannot be used: it is empty",
      without(nameExport, named("#flawless#module#%_#_%1")),
    ],
    [
      "BAD_NAME",
      "version cannot be used: it is empty",
      without(nameExport, named("#flawless#module#a%_#_%")),
    ],
    [
      "BAD_NAME",
      "longer than 255",
      without(nameExport, named(`#flawless#module#${"a".repeat(256)}%_#_%1`)),
    ],
    ["BAD_NAME", '"a\\n"', without(nameExport, named("#flawless#module#a\n%_#_%1"))],
    [
      "BAD_NAME",
      "workflow name",
      without(initExport, { ...initExport, name: "#flawless#workflow#init#" }),
    ],
    ["NO_WORKFLOW", "at least one workflow", { exports: [memoryExport, allocExport, nameExport] }],
    ["INIT_WITHOUT_RUN", 'workflow "start"', without(runExport)],
    ["RUN_WITHOUT_INIT", 'workflow "start"', without(initExport)],
    [
      "BAD_EXPORT_TYPE",
      "() -> i32, but it is a function () -> ()",
      without(initExport, { ...initExport, index: functions.run }),
    ],
    [
      "BAD_EXPORT_TYPE",
      "() -> (), but it is a function () -> i32",
      without(runExport, { ...runExport, index: functions.init }),
    ],
    [
      "BAD_EXPORT_TYPE",
      "() -> (), but it is a memory.",
      without(runExport, { ...runExport, kind: kinds.memory, index: 0 }),
    ],
    ["MISSING_EXPORT", '"wasabi::alloc"', without(allocExport)],
    [
      "BAD_EXPORT_TYPE",
      "(i32) -> i32, but it is a function",
      without(allocExport, { ...allocExport, index: functions.init }),
    ],
    ["MISSING_EXPORT", '"memory"', without(memoryExport)],
    ["MISSING_EXPORT", "but it has none", { ...without(memoryExport), memories: [] }],
    [
      "BAD_EXPORT_TYPE",
      "to be a memory, but it is a table",
      without(memoryExport, { ...memoryExport, kind: kinds.table }),
    ],
    [
      "MULTIPLE_MEMORIES",
      "but it has 2",
      {
        memories: [
          [0x00, 1],
          [0x00, 1],
        ],
      },
    ],
    ["SHARED_MEMORY", "shared between threads", { memories: [[0x03, 1, 2]] }],
    ["MEMORY64", "they have 64", { memories: [[0x04, 1]] }],
    [
      "INVALID",
      "the engine says: ",
      { functions: minimalModule.functions.map((each) => ({ ...each, body: [] })) },
    ],
    ["INVALID", "the engine says: ", without(runExport, runExport, runExport)],
  ])("refuses with %s: %s", (code, message, changes) => {
    const error = moduleErrorOf(() => inspectModule(buildModule(changes)));
    expect(error.code).toBe(`FLAWLESS_MODULE_${code}`);
    expect(error.message).toContain(message);
  });

  test("has the engine's reason as the cause", () => {
    const error = moduleErrorOf(() => inspectModule(buildModule({ memories: [[0x01, 2, 1]] })));
    expect(error.cause).toMatchObject({ name: "CompileError" });
  });

  test("refuses files longer than the limit, before it reads them", () => {
    expect(inspectModule(valid, { maxBytes: valid.length }).name).toBe("tiny");
    const error = moduleErrorOf(() => inspectModule(valid, { maxBytes: valid.length - 1 }));
    expect(error.code).toBe("FLAWLESS_MODULE_TOO_LARGE");
    expect(moduleErrorOf(() => inspectModule(new Uint8Array(10), { maxBytes: 9 })).code).toBe(
      error.code,
    );
  });

  test.each([
    ['{"error":"not found"}', /the file\?$/],
    ["some text", /a text\.$/],
  ])("says in one sentence what %j looks like", (text, end) => {
    expect(moduleErrorOf(() => inspectModule(new TextEncoder().encode(text))).message).toMatch(end);
  });

  test("takes files of 64 MiB and refuses longer ones, unless told otherwise", () => {
    const limit = 64 * 1024 * 1024;
    expect(moduleErrorOf(() => inspectModule(new Uint8Array(limit))).code).toBe(
      "FLAWLESS_MODULE_NOT_WASM",
    );
    expect(moduleErrorOf(() => inspectModule(new Uint8Array(limit + 1))).code).toBe(
      "FLAWLESS_MODULE_TOO_LARGE",
    );
  });

  test("refuses modules that start with more memory than the limit", () => {
    const startsWith = 17 * 65_536;
    expect(inspectModule(valid, { maxMemoryBytes: startsWith }).name).toBe("tiny");
    const error = moduleErrorOf(() => inspectModule(valid, { maxMemoryBytes: startsWith - 1 }));
    expect(error.code).toBe("FLAWLESS_MODULE_MEMORY_TOO_LARGE");
    expect(error.message).toContain(String(startsWith));
  });

  test.each([
    { maxBytes: -1 },
    { maxBytes: NaN },
    { maxMemoryBytes: 0.5 },
    { maxMemoryBytes: Infinity },
  ])("refuses the options %o", (options) => {
    const [option] = Object.keys(options);
    expect(() => inspectModule(valid, options)).toThrow(
      expect.objectContaining({ code: "FLAWLESS_INVALID_OPTION", option }),
    );
  });

  test("refuses every prefix of a valid file", () => {
    for (let length = 0; length < valid.length; length += 1) {
      const error = moduleErrorOf(() => inspectModule(valid.subarray(0, length)));
      // Truncated right after a section, the prefix is itself a module, which lacks everything else.
      expect(error.code, `${length} bytes`).toMatch(
        length === 0 ? /_NOT_WASM$/ : /_TRUNCATED$|_NO_NAME$/,
      );
    }
  });

  test("accepts or refuses every file with one byte changed, and throws nothing but ModuleError", () => {
    const changed = valid.slice();
    const codes = new Set<string>();
    for (let offset = 0; offset < valid.length; offset += 1) {
      for (let change = 1; change < 256; change += 1) {
        changed[offset] = (valid[offset] ?? 0) ^ change;
        try {
          inspectModule(changed);
          codes.add("none");
        } catch (error) {
          if (!(error instanceof ModuleError))
            throw new Error(`byte ${offset} changed by ${change}`, { cause: error });
          codes.add(error.code);
        }
      }
      changed[offset] = valid[offset] ?? 0;
    }
    // This many reasons show that the changes reached every part of the inspector.
    expect(codes).toContain("none");
    expect(codes.size).toBeGreaterThan(15);
  });
});
