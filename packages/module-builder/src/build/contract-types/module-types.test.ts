import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { inspectModule } from "@flawless-ts/wasm-module";
import { ownDirectory } from "@flawless-ts/wasm-module/internal/package-files";
import { buildModule, type BuiltModule } from "../build-module.ts";
import { contractSource } from "../contract-source.ts";
import { moduleTypes } from "@flawless-ts/wasm-module/internal";

const entry = new URL("every-type.testing.ts", import.meta.url);
const packageSource = join(ownDirectory, "index.ts");
let built: BuiltModule;
let source: string;

beforeAll(async () => {
  built = await buildModule({ entry });
  source = contractSource(inspectModule(built.wasm), moduleTypes(built.wasm));
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "contract-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Compiles files that see only this package, and returns the compiler's output. */
async function compile(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = temporaryDirectory();
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    target: "esnext",
    lib: ["esnext"],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    // Only needed for this package's own source.
    types: ["node"],
    typeRoots: [join(dirname(dirname(manifest)), "@types")],
    paths: { "@flawless-ts/wasm-module": [packageSource] },
  };
  const config = { compilerOptions, files: Object.keys(files) };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(dirname(manifest), "bin", "tsc");
  return promisify(execFile)(process.execPath, [compiler, "-p", directory]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
}

describe("the contract written for a module from TypeScript", () => {
  test("compiles on its own, and has the types of the module's file", async () => {
    const use = `
import type { InputOf, MessageOf, MessageTypes, ResponseOf } from "@flawless-ts/wasm-module";
import { everyType } from "./every-type.ts";
type C = typeof everyType;
type Same<A, B> = (<G>() => G extends A ? 1 : 2) extends (<G>() => G extends B ? 1 : 2) ? true : false;
function expectSame<A, B>(same: Same<A, B>): void { void same; }

type Everything = InputOf<C, "everything">;
expectSame<Everything["color"], "red" | "blue">(true);
expectSame<Everything["level"], 1 | 2>(true);
expectSame<Everything["status"], "open" | "closed">(true);
expectSame<Everything["id"], string | number>(true);
expectSame<Everything["sku"], string>(true);
expectSame<ResponseOf<C, "bill">, { readonly at: string; readonly price: { readonly amount: string }; readonly serial: number | bigint }>(true);
expectSame<Everything["hidden"]["two words"], boolean>(true);
expectSame<Everything["hidden"][7], null>(true);
expectSame<Pick<Everything, "optional" | "maybe">, { readonly optional?: string; readonly maybe?: number }>(true);
expectSame<Everything["nullable"], "open" | "closed" | null>(true);
expectSame<Everything["anything"], unknown>(true);
expectSame<Everything["many"], readonly [string, ...ReadonlyArray<number>]>(true);
expectSame<Everything["list"], ReadonlyArray<"open" | "closed" | null>>(true);
expectSame<Everything["record"][string]["two words"], boolean>(true);
expectSame<Everything["quoted"], "it's \\"a\\" \`b\` \${c} \\\\ \\n">(true);
expectSame<Everything["flag"], true>(true);
expectSame<Everything["minus"], -1.5>(true);
expectSame<ResponseOf<C, "everything">, Everything>(true);

type Tree = InputOf<C, "tree">;
expectSame<Tree["children"][number]["children"][number]["value"], number>(true);
expectSame<Tree, Tree["children"][number]>(true);
const json: ResponseOf<C, "tree"> = { deep: [{ deeper: [1, "two", null, [true]] }] };
void json;
// @ts-expect-error JSON has no functions
const notJson: ResponseOf<C, "tree"> = { deep: [() => 1] };
void notJson;
const list: InputOf<C, "two words"> = [[], [[]]];
void list;

expectSame<InputOf<C, "nothing">, null | undefined>(true);
expectSame<ResponseOf<C, "nothing">, null>(true);
expectSame<InputOf<C, "numbers">, { readonly ids: ReadonlyArray<number | bigint> }>(true);
expectSame<InputOf<C, "optional">, { readonly 7: null; readonly "two words": boolean } | undefined>(true);
expectSame<InputOf<C, "preset">, { readonly count: number } | undefined>(true);
expectSame<InputOf<C, "open">, unknown>(true);
expectSame<InputOf<C, "schemas">, { readonly amount?: number; readonly id: string }>(true);
expectSame<ResponseOf<C, "schemas">, "yes" | null>(true);
expectSame<MessageTypes<C, "schemas">, "approve" | "not yet">(true);
expectSame<MessageOf<C, "schemas", "approve">, { readonly by: string }>(true);
expectSame<MessageOf<C, "tree", "whatever">, unknown>(true);
`;
    expect(await compile({ "every-type.ts": source, "use.ts": use })).toBe("");
  });

  test("is refused by the compiler if used wrongly", async () => {
    const use = `import type { InputOf } from "@flawless-ts/wasm-module";
import { everyType } from "./every-type.ts";
export const tree: InputOf<typeof everyType, "tree"> = { value: "one", children: [] };`;
    expect(await compile({ "every-type.ts": source, "use.ts": use })).toMatch(
      /use\.ts\(3,\d+\): error TS2322/u,
    );
  });
});

test("types add a few kilobytes to the module, which hosts don't run", async () => {
  const { wasm, types } = await buildModule({ entry, types: false });
  expect(types).toBeUndefined();
  expect(moduleTypes(wasm)).toBeUndefined();
  expect(built.wasm.length - wasm.length).toBeLessThan(8_000);
  expect(Buffer.from(built.wasm.subarray(0, wasm.length)).equals(wasm)).toBe(true);
});

test("a module whose project lacks this package gets its types from the package that builds it", async () => {
  const file = join(temporaryDirectory(), "orders.ts");
  writeFileSync(
    file,
    `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "o", version: "1", workflows: { a: async (input: { b: number }) => input.b } });`,
  );
  expect((await buildModule({ entry: file })).types).toMatchObject({
    workflows: {
      a: {
        input: { type: "object", properties: { b: { type: "number" } }, required: ["b"] },
        response: { type: "number" },
        messages: { "*": {} },
      },
    },
  });
});

test("types that the compiler can't find are reported, and the module is built anyway", async () => {
  const file = join(temporaryDirectory(), "orders.ts");
  writeFileSync(
    file,
    `import { defineModule } from "@flawless-ts/wasm-module";
const module: unknown = defineModule({ name: "o", version: "1", workflows: { a: async () => 1 } });
export default module;`,
  );
  const { workflows, types, typesProblem } = await buildModule({ entry: file });
  expect(workflows).toEqual(["a"]);
  expect(types).toBeUndefined();
  expect(typesProblem).toMatch(/no workflows/u);
});
