import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testProject } from "./project.testing.ts";

const project = testProject();
const { refusal, response } = project;

const workflow = (body: string): string =>
  `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "o", version: "1", workflows: { a: async () => {
${body}
} } });`;

const named = `const log = (value: any, ...rest: any[]): any => { names.push(String(rest[0]?.name ?? rest[0] ?? "class")); };
const names: string[] = [];
@log class Order { @log pay() { return 1; } }
${workflow("return [new Order().pay(), names];")}`;

describe("decorators", () => {
  test("of the standard work, on everything that can have them", async () => {
    const source = `import type { Priced } from "./nowhere.ts";
import { Prices } from "./prices.ts";
const kinds: string[] = [];
const seen = (value: unknown, { kind, name, addInitializer }: DecoratorContext): void => {
  kinds.push(\`\${kind} \${String(name)}\`);
  addInitializer(() => void kinds.push(\`made \${String(name)}\`));
};
const twice = (_value: undefined, _context: ClassFieldDecoratorContext) => (initial: number) => initial * 2;
@seen class Order implements Priced {
  @twice price = Prices.one;
  @seen accessor count = 3;
  @seen static #secret() { return 1; }
  @seen get total() { return this.price * this.count; }
  @seen pay(): number { return this.total + Order.#secret(); }
}
${workflow("return [new Order().pay(), kinds];")}`;
    const prices = "export enum Prices { one = 1, two }";
    expect(await response({ "orders.ts": source, "prices.ts": prices })).toEqual([
      7,
      [
        "method #secret",
        "accessor count",
        "getter total",
        "method pay",
        "class Order",
        "made #secret",
        "made Order",
        "made total",
        "made pay",
        "made count",
      ],
    ]);
  });

  test("of TypeScript's experimentalDecorators work", async () => {
    const tsconfig = '{ "compilerOptions": { "experimentalDecorators": true } }';
    expect(await response({ "orders.ts": named, "tsconfig.json": tsconfig })).toEqual([
      1,
      ["pay", "class"],
    ]);
  });

  test("work in imported files, in JavaScript, and in packages", async () => {
    const files = {
      "orders.ts": `import { One } from "./one.js";\nimport { Two } from "lib";\n${workflow("return [new One().value, new Two().value];")}`,
      "one.js": "const add = () => (value) => value + 1;\nexport class One { @add value = 1; }",
      "node_modules/lib/package.json": '{ "name": "lib", "module": "index.mjs" }',
      "node_modules/lib/index.mjs":
        "const add = () => (value) => value + 2;\nexport class Two { @add value = 2; }",
    };
    expect(await response(files)).toEqual([2, 4]);
  });

  test("leave all source locations as they are", async () => {
    const source = named.replace("return 1;", "return process.cwd();");
    const line = source.split("\n")[2] ?? "";
    const [problem] = (await refusal({ "orders.ts": source })).problems;
    expect(problem).toMatchObject({
      code: "FLAWLESS_BUILD_MISSING_GLOBAL",
      place: { line: 3, column: line.indexOf("process") + 1 },
    });
    expect(problem.frame).toContain("> 3 | @log class Order");
  });

  test("need no decorator for `accessor`", async () => {
    const source = `class Order { accessor count = 3; }\n${workflow("return new Order().count;")}`;
    expect(await response({ "orders.ts": source })).toBe(3);
  });

  test.each([
    ["is not there", "{}", "it is not installed where the file lies"],
    ["fails", '{ "bin": { "tsc": "tsc.js" } }', "the TypeScript compiler said: too old"],
  ])("are a build error with their places where TypeScript %s", async (_how, manifest, reason) => {
    const error = await refusal({
      "orders.ts": named,
      "node_modules/typescript/package.json": manifest,
      "node_modules/typescript/tsc.js": 'console.log("too old"); process.exit(1);',
    });
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_UNSUPPORTED_SYNTAX",
      place: { file: join(project.directory, "orders.ts"), line: 3, column: 1 },
    });
    expect(error.message).toContain("Expected TypeScript 5.5 or newer");
    expect(error.message).toContain(reason);
  });
});
