import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testProject } from "./project.testing.ts";
import { runModule } from "./run-module.testing.ts";

const project = testProject();
const { build, refusal, response } = project;

const workflow = (body: string): string =>
  `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "o", version: "1", workflows: { a: async (input: any) => {
${body}
} } });`;

describe("a global that a workflow doesn't have is a build error", () => {
  test.each([
    ["process.env.HOME", "context.secret"],
    ['Buffer.from("a")', "Uint8Array"],
    ["setImmediate(() => 1)", "setTimeout"],
    ["__dirname", "no file system"],
    ["global.x", "globalThis"],
    ["window.x", "globalThis"],
    ["document.title", "no browser"],
    ['new WebSocket("wss://a.example")', "context.receive"],
    ["new XMLHttpRequest()", "context.fetch"],
    ["new ReadableStream()", "no streams"],
    ["orderz.length", "nothing declares or imports it"],
  ])("%s is a build error", async (expression, advice) => {
    const error = await refusal({ "orders.ts": workflow(`  return [${expression}];`) });
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_MISSING_GLOBAL",
      place: { file: join(project.directory, "orders.ts"), line: 3 },
    });
    expect(error.message).toContain(
      `"${/[\w$]+(?=[.(\]]|$)/.exec(expression)?.[0]}" is not defined`,
    );
    expect(error.message).toContain(advice);
  });

  test("with its column, for each use, in all of the user's files", async () => {
    const error = await refusal({
      "orders.ts": `import { home } from "./home.ts";\n${workflow("  return [home(), process.cwd(), Buffer];")}`,
      "home.ts": "\nexport const home = (): string => process.env.HOME;",
    });
    expect(
      error.problems.map(({ place, message }) => [
        place?.file.slice(project.directory.length + 1),
        place?.line,
        place?.column,
        /"(\w+)"/.exec(message)?.[1],
      ]),
    ).toEqual([
      ["home.ts", 2, 35, "process"],
      ["orders.ts", 4, 19, "process"],
      ["orders.ts", 4, 34, "Buffer"],
    ]);
  });

  test("also at the top level, where it throws", async () => {
    const error = await refusal({
      "orders.ts": `const home = process.env.HOME;\n${workflow("return home;")}`,
    });
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_MISSING_GLOBAL",
      place: { line: 1, column: 14 },
    });
    expect(error.message).toContain("context.secret");
  });
});

describe("no error", () => {
  test("if a file checks for it first", async () => {
    const body = `const isNode = typeof process !== "undefined";
      const bytes = globalThis.Buffer === undefined ? [] : Buffer.from("a");
      return [isNode ? process.version : "none", bytes];`;
    expect(await response({ "orders.ts": workflow(body) })).toEqual(["none", []]);
  });

  test("for NODE_ENV, which is production", async () => {
    const body = 'return process.env.NODE_ENV === "production" ? 1 : process.env.HOME;';
    expect(await response({ "orders.ts": workflow(body) })).toBe(1);
  });

  test("for globals that the files define", async () => {
    const source = `declare let counted: number; declare let named: string;
      globalThis.counted = 1; Object.assign(globalThis, { named: "x" });
      ${workflow("counted += 1; return [counted, named];")}`;
    expect(
      await response({ "orders.ts": source.replace("globalThis.c", "(globalThis as any).c") }),
    ).toEqual([2, "x"]);
  });

  test("for those that the language and workflows have", async () => {
    const body = `label: for (const key of Object.keys({ process: 1 })) { if (key) break label; }
      const process = { env: {} }; const { Buffer = 1 } = input ?? {};
      class Own { #window = 1; static global = 2; read() { return this.#window; } }
      try { undefined; } catch (error) { error; }
      function sum(...all: number[]) { return arguments.length + all.length; }
      return [process.env, Buffer, new Own().read(), Own.global, sum(1), hasOwnProperty.call({}, "x"),
        typeof fetch, typeof URL, isNaN(NaN), Infinity > 1, JSON.stringify(new Map([[1, 2]]).get(1))].length;`;
    expect(await response({ "orders.ts": workflow(body) })).toBe(11);
  });

  test("for code that is never reached", async () => {
    const body = "if (false) process.exit(); return 1;";
    expect(await response({ "orders.ts": workflow(body) })).toBe(1);
  });

  test("in a package it is a warning, one per file, unless the file checks for it first", async () => {
    const { warnings, wasm } = await build({
      "orders.ts": `import { bytes, version } from "lib";\n${workflow("return [version(), input && bytes(input)];")}`,
      "node_modules/lib/package.json": '{ "name": "lib", "module": "index.js" }',
      "node_modules/lib/index.js": `export { version } from "./version.js";
export const bytes = (text) => text === "" ? Buffer.alloc(0) : Buffer.from(text);`,
      "node_modules/lib/version.js":
        'export const version = () => typeof process === "undefined" ? "none" : process.version;',
    });
    expect(warnings).toMatchObject([
      {
        code: "FLAWLESS_BUILD_MISSING_GLOBAL",
        place: { file: join(project.directory, "node_modules/lib/index.js"), line: 2, column: 46 },
      },
    ]);
    expect((await runModule(wasm, "a")).response).toEqual(["none", null]);
    const { logs } = await runModule(wasm, "a", { input: "x" });
    expect(logs[0]?.text).toContain("ReferenceError: Buffer is not defined");
  });
});
