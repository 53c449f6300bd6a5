import { describe, expect, test } from "vitest";
import { BuildError } from "./build-error.ts";
import { buildModule, type BuiltModule } from "./build-module.ts";
import { buildSource } from "./module-source.testing.ts";

const head = 'import { defineModule } from "@flawless-ts/wasm-module";';
const module = `${head}
export default defineModule({ name: "o", version: "1", workflows: { a: async () => 1 } });`;

function build(source: string, evaluationTimeoutMs?: number): Promise<BuiltModule> {
  return buildModule({ entry: "orders.ts", source, evaluationTimeoutMs });
}

async function refusal(source: string, evaluationTimeoutMs?: number): Promise<BuildError> {
  const error: unknown = await build(source, evaluationTimeoutMs).catch(
    (reason: unknown) => reason,
  );
  if (!BuildError.is(error)) throw new Error(`expected a BuildError, but got ${String(error)}`);
  return error;
}

describe("an endless top level is a build error", () => {
  test.each([
    ["a loop", "for (;;);"],
    ["a loop that catches", "for (;;) try { for (;;); } catch {} finally { for (;;); }"],
    ["a slow regular expression", '/^(?:a+)+$/.test("a".repeat(40) + "b");'],
  ])("a top level that doesn't end is a build error: %s", async (_, code) => {
    const error = await refusal(`\n${code}\n${module}`, 200);
    expect(error).toMatchObject({
      code: "FLAWLESS_BUILD_TIMEOUT",
      place: { file: "orders.ts", line: 2 },
    });
    expect(error.message).toContain(
      "Expected the top level of the module's files to end within 0.2 s",
    );
  });

  test("endless jobs", async () => {
    const jobs = "const again = () => Promise.resolve().then(again); await again();";
    expect((await refusal(`${jobs}\n${module}`, 200)).code).toBe("FLAWLESS_BUILD_TIMEOUT");
  });

  test("a getter in place of the module", async () => {
    const error = await refusal(`export default new Proxy({}, { has() { for (;;); } });`, 200);
    expect(error.code).toBe("FLAWLESS_BUILD_TIMEOUT");
  });

  test.each([
    ["let n = 0;\nfor (;;) { n += 1; }\nconsole.log(n);", 2, 12],
    ["const spin = (n: number) => {\n  while (n < 1) n -= 1;\n};\n\nspin(0);", 2, 19],
    ["for (const n of [1]) {\n  do\n    for (;;) {}\n  while (n);\n}", 3, 16],
  ])("with the place of the loop: %j", async (code, line, column) => {
    const error = await refusal(`${code}\n${module}`, 200);
    expect(error.place).toMatchObject({ line });
    expect(Math.abs((error.place?.column ?? 0) - column)).toBeLessThan(12);
  });

  test("with the location of the function that computes", async () => {
    const error = await refusal(`const spin = () => { for (;;); };\n\nspin();\n${module}`, 200);
    expect(error.place).toMatchObject({ file: "orders.ts", line: 1 });
  });

  test("without a location for code that can't be interrupted", async () => {
    const error = await refusal(
      `Array.prototype.reverse.call({ length: 2 ** 53 - 1 });\n${module}`,
      100,
    );
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_TIMEOUT", place: null });
    expect(error.message).toContain("orders.ts: Expected the top level");
  });
});

describe("a top level that takes too much memory is a build error", () => {
  test("endless recursion", async () => {
    const error = await refusal(`const deeper = (): number => 1 + deeper();\ndeeper();\n${module}`);
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_NO_MODULE", place: { line: 1 } });
    expect(error.message).toContain("call stack");
  });

  test.each([
    ["many small things", "let list: unknown = null; for (;;) list = { list };"],
    ["a text that doubles", 'let text = "x"; for (;;) text += text;'],
    ["one large thing", "globalThis.all = new Uint8Array(2 ** 31 - 1);"],
  ])("a top level that takes too much memory is a build error: %s", async (_, code) => {
    const error = await refusal(`${code}\n${module}`);
    expect(error).toMatchObject({ code: "FLAWLESS_BUILD_NO_MODULE", place: { line: 1 } });
  });
});

test("a wait that nothing can end is a build error", async () => {
  const error = await refusal(`await new Promise(() => undefined);\n${module}`);
  expect(error.message).toContain("waits for something at its top level");
});

test("after a script was stopped, others can be built", async () => {
  await refusal(`for (;;);\n${module}`, 50);
  expect((await buildSource(module)).name).toBe("o");
});

test.each([0, -1, Number.NaN, Infinity])("a time limit of %s is refused", async (limit) => {
  await expect(build(module, limit)).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option: "evaluationTimeoutMs",
    message: expect.stringContaining("evaluationTimeoutMs"),
  });
});

test("a misspelled option is refused", async () => {
  const options = { entry: "orders.ts", evaluationTimeout: 5 };
  await expect(buildModule(options)).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option: "evaluationTimeout",
    message: expect.stringContaining("Did you mean `evaluationTimeoutMs`?"),
  });
});
