import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BuildError } from "./build-error.ts";
import { buildModule, type BuiltModule } from "./build-module.ts";
import { runModule } from "./run-module.testing.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "build-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const module = (body: string): string =>
  `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "o", version: "1", workflows: { a: async () => ${body} } });`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
}

function build(files: Readonly<Record<string, string>>, entry = "orders.ts"): Promise<BuiltModule> {
  write(files);
  return buildModule({ entry: join(directory, entry), types: false });
}

async function refusal(
  files: Readonly<Record<string, string>>,
  entry?: string,
): Promise<BuildError> {
  const error: unknown = await build(files, entry).catch((reason: unknown) => reason);
  if (!BuildError.is(error)) throw new Error(`expected a BuildError, but got ${String(error)}`);
  // Plain text that doesn't mention how modules are built.
  // oxlint-disable-next-line no-control-regex
  expect(error.message).not.toMatch(/[\u0000-\u0009\u001b]|_flawless_entry|flawless:/);
  return error;
}

async function response(files: Readonly<Record<string, string>>, entry?: string): Promise<unknown> {
  return (await runModule((await build(files, entry)).wasm, "a")).response;
}

describe("a tsconfig", () => {
  const source = `import { two } from "@lib/two";\n${module("two")}`;

  test("may have paths, comments and trailing commas, and extend another", async () => {
    const files = {
      "src/orders.ts": source,
      "lib/two.ts": "export const two: number = 2;",
      "base.json": '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      "tsconfig.json": '{\n// Ours\n"extends": "./base.json", /* all of it */\n}',
    };
    expect(await response(files, "src/orders.ts")).toBe(2);
  });

  test("may have paths below a baseUrl", async () => {
    const files = {
      "src/orders.ts": source,
      "src/lib/two.ts": "export const two: number = 2;",
      "tsconfig.json": `{ "compilerOptions": { "baseUrl": "./src", "paths": { "@lib/*": ["lib/*"], }, } }`,
    };
    expect(await response(files, "src/orders.ts")).toBe(2);
  });

  test("that is invalid JSON is shown with its location", async () => {
    const error = await refusal({
      "orders.ts": module("1"),
      "tsconfig.json": '{\n  "extends": base\n}',
    });
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_SOURCE",
      place: { file: join(directory, "tsconfig.json"), line: 2 },
    });
  });

  test("that extends a missing file is named", async () => {
    const error = await refusal({
      "orders.ts": module("1"),
      "tsconfig.json": '{ "extends": "./nope.json" }',
    });
    expect(error.message).toContain(join(directory, "nope.json"));
  });

  test("of an installed package is ignored", async () => {
    const files = {
      "orders.ts": `import { two } from "lib";\n${module("two")}`,
      "node_modules/lib/package.json": '{ "name": "lib", "module": "index.js" }',
      "node_modules/lib/index.js": "export const two = 2;",
      "node_modules/lib/tsconfig.json": '{ "extends": "@nobody/has/this" }',
    };
    expect(await response(files)).toBe(2);
  });
});

describe("imports", () => {
  test("of missing packages are all listed, each with its line and a caret", async () => {
    const error = await refusal({
      "orders.ts": `import x from "not-installed";\nimport y from "@acme/lib/part";\n${module("[x, y]")}`,
    });
    const file = join(directory, "orders.ts");
    expect(error.problems.map(({ code, place }) => ({ code, place }))).toEqual([
      { code: "FLAWLESS_BUILD_SOURCE", place: { file, line: 1, column: 15 } },
      { code: "FLAWLESS_BUILD_SOURCE", place: { file, line: 2, column: 15 } },
    ]);
    expect(error.message).toContain(
      [
        `${file}:1:15: Can't find the package "not-installed": it is not installed where this file lies. ` +
          'Install it with npm install not-installed, or add "not-installed" to "paths" of the tsconfig.',
        "",
        '> 1 | import x from "not-installed";',
        "    |               ^",
        '  2 | import y from "@acme/lib/part";',
      ].join("\n"),
    );
    expect(error.message).toContain(`${file}:2:15: Can't find the package "@acme/lib"`);
  });

  test.each([
    ["./missing.ts", /there is no such file/],
    ["@/missing", /"paths" of the tsconfig/],
    ["#missing", /"imports" of package\.json/],
    ["lib/missing", /the package "lib" is installed, but it has no such file/],
  ])("of %s say what is missing", async (specifier, reason) => {
    const error = await refusal({
      "orders.ts": `\nimport x from "${specifier}";\n${module("x")}`,
      "node_modules/lib/package.json": '{ "name": "lib", "exports": { ".": "./index.js" } }',
      "node_modules/lib/index.js": "",
    });
    expect(error.place).toMatchObject({ line: 2, column: 15 });
    expect(error.message).toContain(JSON.stringify(specifier));
    expect(error.message).toMatch(reason);
  });

  test("of missing files say which files to watch for, not whole folders", async () => {
    const missing = await refusal(
      {
        "src/orders.ts": `import x from "../lib/x.js";\n${module("x")}`,
      },
      "src/orders.ts",
    );
    const path = join(directory, "lib/x");
    expect(missing.files).toEqual([
      join(directory, "src/orders.ts"),
      ...[".js", ".ts", ".js.ts", ".js.mts", ".js.js", ".js.mjs", ".js.json"].map(
        (ending) => path + ending,
      ),
      `${path}.js/package.json`,
      ...["ts", "mts", "js", "mjs", "json"].map((extension) => `${path}.js/index.${extension}`),
    ]);
  });

  test("of packages that are not installed say where npm will put them", async () => {
    const files = {
      "shop/src/orders.ts": `import x from "@not/installed/sub.js";\n${module("x")}`,
      "shop/package.json": "{}",
      "package.json": "{}",
    };
    const error = await refusal(files, "shop/src/orders.ts");
    const inFolder = (folder: string): readonly string[] =>
      ["node_modules/@not/installed/package.json", "package.json", "tsconfig.json"].map((name) =>
        join(folder, name),
      );
    expect(error.files).toEqual([
      join(directory, "shop/src/orders.ts"),
      ...inFolder(join(directory, "shop")),
      ...inFolder(directory),
    ]);
  });

  test.each(["", ".js", "/index.mjs"])(
    "of a file are solved by one whose path ends in %j, which is among those to watch for",
    async (ending) => {
      const files = { "src/orders.ts": `import x from "../lib/x";\n${module("x")}` };
      const error = await refusal(files, "src/orders.ts");
      const name = `lib/x${ending}`;
      expect(error.files).toContain(join(directory, name));
      await build({ ...files, [name]: "export default 1;" }, "src/orders.ts");
    },
  );

  test.each(['require("not-installed")', 'await import("not-installed")'])(
    "by %s of the user's files count",
    async (call) => {
      const error = await refusal({ "orders.ts": `const x = ${call};\n${module("x")}` });
      expect(error.problems).toHaveLength(1);
      expect(error.place).toMatchObject({ line: 1, column: call.indexOf('"') + 11 });
    },
  );

  test("that a package makes optional may be missing", async () => {
    const files = {
      "orders.ts": `import { lib } from "lib";\n${module("lib")}`,
      "node_modules/lib/package.json": '{ "name": "lib", "main": "index.cjs" }',
      "node_modules/lib/index.cjs":
        'try { require("faster-lib"); } catch { exports.lib = "slow"; }',
    };
    expect(await response(files)).toBe("slow");
  });

  test("of Node's modules are all listed", async () => {
    const error = await refusal({
      "orders.ts": `import * as fs from "node:fs";\nimport net from "net";\n${module("[fs, net]")}`,
    });
    expect(error.problems.map(({ code, place }) => [code, place?.line])).toEqual([
      ["FLAWLESS_BUILD_UNSUPPORTED_IMPORT", 1],
      ["FLAWLESS_BUILD_UNSUPPORTED_IMPORT", 2],
    ]);
  });

  test("of a package that runs outside of workflows is told once, with the way around it", async () => {
    const error = await refusal({
      "orders.ts": `import { activities } from "./activities.ts";\n${module("typeof activities")}`,
      "activities.ts": `\nimport { defineActivities } from "@flawless-ts/sdk";\nexport const activities = defineActivities({});`,
    });
    expect(error.problems).toMatchObject([
      {
        code: "FLAWLESS_BUILD_UNSUPPORTED_IMPORT",
        message: expect.stringContaining("import only types from files that use it"),
        place: { file: expect.stringMatching(/activities\.ts$/), line: 2 },
      },
    ]);
  });

  test("of names that a file doesn't export are shown", async () => {
    const error = await refusal({
      "orders.ts": `import { nope } from "./two.ts";\n${module("nope")}`,
      "two.ts": "export const two = 2;",
    });
    expect(error.place).toMatchObject({ line: 1, column: 10 });
    expect(error.message).toContain('"nope" is not exported');
  });

  test("of JSON, and circular ones, work", async () => {
    const files = {
      "orders.ts": `import { three } from "./three.ts"; export const two = 2;\n${module("three()")}`,
      "three.ts": `import { two } from "./orders.ts"; import one from "./one.json";
        export const three = (): number => two + one.one;`,
      "one.json": '{ "one": 1 }',
    };
    expect(await response(files)).toBe(3);
  });

  test("of invalid JSON are shown with their location", async () => {
    const error = await refusal({
      "orders.ts": `import one from "./one.json";\n${module("one")}`,
      "one.json": '{ "one": }',
    });
    expect(error.place).toEqual({ file: join(directory, "one.json"), line: 1, column: 10 });
  });

  test("after characters of several bytes have the right column", async () => {
    const error = await refusal({
      "orders.ts": `/* žluťoučký 🐎 */ import x from "./missing.ts";\n${module("x")}`,
    });
    expect(error.place).toMatchObject({ line: 1, column: 34 });
    expect(error.problems[0].frame?.split("\n")[1]).toBe(`    | ${" ".repeat(33)}^`);
  });
});

describe("the module's file", () => {
  test("is missing: the message names it, and the file that is probably meant", async () => {
    expect((await refusal({}, "gone.ts")).message).toBe(
      `Can't find ${join(directory, "gone.ts")}: expected the TypeScript file whose default export is defineModule({ ... }).`,
    );
    const error = await refusal({ "orders.ts": module("1") }, "orders");
    expect(error.message).toContain(`Did you mean ${join(directory, "orders.ts")}?`);
  });

  test("is a directory", async () => {
    expect((await refusal({ "src/orders.ts": module("1") }, "src")).message).toMatch(
      /^Expected the TypeScript file .*src is not a file\.$/,
    );
  });

  test("has a syntax error", async () => {
    const error = await refusal({ "orders.ts": `const a = ;\n${module("a")}` });
    expect(error.message).toBe(
      `${join(directory, "orders.ts")}:1:11: Unexpected token.

> 1 | const a = ;
    |           ^
  2 | import { defineModule } from "@flawless-ts/wasm-module";`,
    );
  });

  test.each([
    ["export const x = 1;", "but got undefined"],
    ["export default () => 1;", "but got function"],
  ])("exports no module: %s", async (source, reason) => {
    const error = await refusal({ "orders.ts": source });
    expect(error.code).toBe("FLAWLESS_BUILD_NO_MODULE");
    expect(error.message).toContain(reason);
  });
});
