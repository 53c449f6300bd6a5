import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { inspectModule } from "@flawless-ts/wasm-module";
import { BuildError } from "./build-error.ts";
import { buildModule } from "./build-module.ts";
import { buildSource } from "./module-source.testing.ts";
import { runModule } from "./run-module.testing.ts";

// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: object,
  ): Promise<{
    readonly instance: {
      readonly exports: { readonly memory: { readonly buffer: ArrayBuffer } };
    };
  }>;
};

const head = 'import { defineModule } from "@flawless-ts/wasm-module";';
const small = `${head}
export default defineModule({ name: "orders", version: "1.2.3", workflows: { a: async () => 1, "b c": () => "two" } });`;

async function refusal(source: string): Promise<BuildError> {
  const error: unknown = await buildSource(source).catch((reason: unknown) => reason);
  if (!BuildError.is(error)) throw new Error(`expected a BuildError, but got ${String(error)}`);
  return error;
}

describe("a built module", () => {
  test("has the name, version and workflows given to defineModule", async () => {
    const built = await buildSource(small);
    expect(built).toMatchObject({ name: "orders", version: "1.2.3", workflows: ["a", "b c"] });
    expect(inspectModule(built.wasm)).toMatchObject({
      name: "orders",
      version: "1.2.3",
      workflows: ["a", "b c"],
      imports: [{ module: "wasabi", name: "submit", kind: "function" }],
    });
  });

  test("exports nothing else of the engine", async () => {
    const { exports } = inspectModule((await buildSource(small)).wasm);
    expect(exports.map(({ name }) => name)).toEqual([
      "memory",
      "wasabi::alloc",
      "#flawless#module#orders%_#_%1.2.3",
      "#flawless#workflow#init#a",
      "#flawless#workflow#run#a",
      "#flawless#workflow#init#b c",
      "#flawless#workflow#run#b c",
    ]);
  });

  test("runs each of its workflows", async () => {
    const { wasm } = await buildSource(small);
    expect(await runModule(wasm, "a")).toMatchObject({ response: 1, failed: false });
    expect(await runModule(wasm, "b c")).toMatchObject({ response: "two", failed: false });
  });

  test("is the same, byte for byte, for the same source", async () => {
    const [first, second] = [await buildSource(small), await buildSource(small)];
    expect(Buffer.from(first.wasm).equals(second.wasm)).toBe(true);
  });

  test("is the same wherever its source is, and at most 1.5 MB", async () => {
    const builds = await Promise.all(
      ["one", "another"].map(async (name) => {
        const directory = mkdtempSync(join(tmpdir(), `${name}-`));
        onTestFinished(() => rmSync(directory, { recursive: true }));
        writeFileSync(
          join(directory, "orders.ts"),
          `import { one } from "./one.ts";\n${small.replace("=> 1", "=> one")}`,
        );
        writeFileSync(join(directory, "one.ts"), "export const one: number = 1;");
        return buildModule({ entry: pathToFileURL(join(directory, "orders.ts")) });
      }),
    );
    const [first, second] = builds.map(({ wasm }) => Buffer.from(wasm));
    expect(second?.equals(first ?? Buffer.alloc(0))).toBe(true);
    expect(first?.length).toBeLessThan(1_500_000);
    // Next to this package's files, wherever they are.
    expect(builds[0]?.files).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/one-\w+.one\.ts$/),
        expect.stringMatching(/orders\.ts$/),
      ]),
    );
  });

  test("takes at most 100 pages of 4 KiB of a workflow's memory before it runs", async () => {
    const { wasm } = await buildSource(small);
    const { instance } = await WebAssembly.instantiate(wasm, { wasabi: { submit: () => 0 } });
    const { buffer } = instance.exports.memory;
    let used = 0;
    for (let start = 0; start < buffer.byteLength; start += 4096) {
      if (new Uint8Array(buffer, start, 4096).some((byte) => byte !== 0)) used += 1;
    }
    expect(used).toBeLessThanOrEqual(100);
    expect(used).toBeGreaterThan(10);
  });

  test("contains what the top level has computed", async () => {
    const { wasm } = await buildSource(`${head}
      const table = Array.from({ length: 1000 }, (_, index) => index * 2);
      export default defineModule({ name: "o", version: "1", workflows: { a: async () => table[999] } });`);
    expect((await runModule(wasm, "a")).response).toBe(1998);
  });

  test("may use packages, and TypeScript syntax that needs converting", async () => {
    const { wasm } = await buildSource(`${head}
      import * as z from "zod/mini";
      enum Color { Red = "red" }
      class Scope { constructor(readonly log: string[]) {} [Symbol.dispose]() { this.log.push("closed"); } }
      const shape = z.object({ count: z.number() });
      export default defineModule({ name: "o", version: "1", workflows: { a: async () => {
        const log: string[] = [];
        { using scope = new Scope(log); log.push(Color.Red); }
        return { log, parsed: shape.parse({ count: 3 }) };
      } } });`);
    expect((await runModule(wasm, "a")).response).toEqual({
      log: ["red", "closed"],
      parsed: { count: 3 },
    });
  });
});

describe("what can't be built is refused with its location", () => {
  test("a syntax error", async () => {
    const error = await refusal("\nexport default defineModule({ name: ;");
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_SOURCE", place: { line: 2 } });
    expect(error.message).toMatch(/orders\.ts:2:\d+: /);
  });

  test("an import of a missing file", async () => {
    const error = await refusal('import { a } from "./missing.ts";\nexport default a;');
    expect(error.code).toBe("FLAWLESS_BUILD_SOURCE");
    expect(error.message).toContain("./missing.ts");
  });

  test("a missing file", async () => {
    await expect(buildModule({ entry: "does-not-exist.ts" })).rejects.toMatchObject({
      code: "FLAWLESS_BUILD_SOURCE",
      message: expect.stringContaining("does-not-exist.ts"),
    });
  });

  test.each(["node:fs", "fs/promises", "node:net", "child_process"])(
    "an import of %s",
    async (name) => {
      const error = await refusal(`\nimport * as all from "${name}";\nconsole.log(all);\n${small}`);
      expect(error).toMatchObject({
        code: "FLAWLESS_BUILD_UNSUPPORTED_IMPORT",
        place: { line: 2, column: 22 },
      });
      expect(error.message).toContain(`"${name}"`);
    },
  );

  test("something in this package that is for Node only", async () => {
    const error = await refusal(
      'import { inspectModule } from "@flawless-ts/wasm-module";\nexport default inspectModule;',
    );
    expect(error.code).toBe("FLAWLESS_BUILD_SOURCE");
    expect(error.message).toContain("inspectModule");
  });

  test.each(["", "export default 1;", "export default { name: 'a' };"])(
    "no module: %j",
    async (source) => {
      const error = await refusal(source);
      expect(error.code).toBe("FLAWLESS_BUILD_NO_MODULE");
      expect(error.message).toContain("defineModule");
    },
  );

  test("a workflow that is not a function", async () => {
    const error = await refusal(`${head}
export default defineModule({ name: "orders", version: "1", workflows: { a: 5 as never } });`);
    expect(error.message).toMatch(/orders\.ts:2:16: .*\$\.workflows\.a: expected a function/);
  });

  test.each([
    ["name", 'name: "", version: "1"'],
    ["version", 'name: "orders", version: undefined as never'],
  ])("a missing %s", async (field, fields) => {
    const error = await refusal(
      `${head}\nexport default defineModule({ ${fields}, workflows: { a: () => 1 } });`,
    );
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_NO_MODULE",
      place: { line: 2, column: 16 },
    });
    expect(error.message).toContain(`$.${field}: expected`);
  });

  test.each([
    ["name", 'name: "a%_#_%b", version: "1", workflows: { a: () => 1 }'],
    ["name with a control character", 'name: "a\\nb", version: "1", workflows: { a: () => 1 }'],
    ["workflow", `name: "a", version: "1", workflows: { ["${"x".repeat(300)}"]: () => 1 }`],
  ])("a %s that nobody could use", async (_, fields) => {
    expect(await refusal(`${head}\nexport default defineModule({ ${fields} });`)).toMatchObject({
      code: "FLAWLESS_BUILD_BAD_NAME",
    });
  });

  test("a module without workflows", async () => {
    const error = await refusal(
      `${head}\nexport default defineModule({ name: "a", version: "1", workflows: {} });`,
    );
    expect(error.message).toContain("at least one workflow");
  });

  test("an error at the top level", async () => {
    const error = await refusal(
      `const none = undefined as never as { x: number };\n\n  none.x;\n${small}`,
    );
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_NO_MODULE", place: { line: 3 } });
    expect(error.message).toContain("TypeError: cannot read property 'x' of undefined");
  });

  test.each([
    ["the time", "globalThis.x = Date.now()"],
    ["the time", "globalThis.x = new Date()"],
    ["random numbers", "globalThis.x = Math.random()"],
    ["a line in the log", 'console.log("")'],
    ["a request", 'await fetch("https://a.example")'],
  ])("at the top level %s: %s", async (_, expression) => {
    const error = await refusal(`\n  ${expression};\n${small}`);
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_NO_MODULE", place: { line: 2 } });
    expect(error.message).toContain("only a running workflow can ask");
  });

  test("a wait at the top level", async () => {
    const error = await refusal(`await new Promise(() => undefined);\n${small}`);
    expect(error.message).toContain("waits for something at its top level");
  });

  test("more than the engine's memory", async () => {
    const error = await refusal(
      `export const all: unknown[] = []; for (;;) all.push(new Uint8Array(1e7).fill(1));\n${small}`,
    );
    expect(error).toMatchObject({ place: { line: 1 } });
    expect(error.message).toContain("out of memory");
  });

  test("an entry that is neither a path nor a file: URL", async () => {
    await expect(
      buildModule({ entry: new URL("https://example.com/orders.ts") }),
    ).rejects.toMatchObject({
      code: "FLAWLESS_INVALID_OPTION",
    });
  });
});
