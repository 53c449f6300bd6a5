import { describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { deferExports, workflowTableName } from "./defer-exports.ts";
import { inspectModule } from "./inspect-module.ts";
import { buildModule } from "./module-builder.testing.ts";
import { ModuleError } from "./module-error.ts";

// TypeScript's types for Node omit WebAssembly.
declare const WebAssembly: {
  readonly Module: (new (bytes: Uint8Array) => object) & {
    exports(module: object): readonly { readonly name: string; readonly kind: string }[];
  };
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Record<string, { get(index: number): { readonly name: string } }> };
};

/** A function object's name is its index in the module. */
function functionNumbers(bytes: Uint8Array, names: readonly string[]): readonly string[] {
  const { exports } = instantiate(bytes);
  return names.map((name) => (exports[name] as unknown as { readonly name: string }).name);
}

function instantiate(bytes: Uint8Array): {
  readonly exports: Record<string, { get(index: number): { readonly name: string } }>;
} {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { wasabi: { submit: () => 0 } });
}

describe.each(["conformance", "crawler", "raw_calls"] as const)("deferExports of %s", (name) => {
  const bytes = fixtureBytes(name);
  const { workflows } = inspectModule(bytes);
  const names = workflows.flatMap((workflow) => [
    `#flawless#workflow#init#${workflow}`,
    `#flawless#workflow#run#${workflow}`,
  ]);

  test("puts the functions of all workflows in the table", () => {
    const deferred = deferExports(bytes);
    const table = instantiate(deferred.bytes).exports[workflowTableName];
    const places = names.map((each) => deferred.functions?.get(each) ?? -1);

    expect(deferred.functions?.size).toBe(names.length);
    expect(places.map((place) => table?.get(place).name)).toEqual(functionNumbers(bytes, names));
  });

  test("keeps only the exports that every instance needs", () => {
    const module = new WebAssembly.Module(deferExports(bytes).bytes);

    expect(
      WebAssembly.Module.exports(module).toSorted((a, b) => a.name.localeCompare(b.name)),
    ).toEqual([
      { name: workflowTableName, kind: "table" },
      { name: "memory", kind: "memory" },
      { name: "wasabi::alloc", kind: "function" },
    ]);
  });
});

describe("deferExports", () => {
  test("leaves a module without elements unchanged", () => {
    const bytes = buildModule();
    const deferred = deferExports(bytes);

    expect(deferred.bytes).toBe(bytes);
    expect(deferred.functions).toBeNull();
  });

  test("refuses what isn't a module", () => {
    expect(() => deferExports(Uint8Array.of(1, 2, 3))).toThrow(ModuleError);
  });
});
