import type { DeployedModule } from "@flawless-ts/sdk";
import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { TestEnvironment } from "../environment/test-environment.ts";
import contract from "./values-module.ts";

let wasm: Uint8Array;
beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("values-module.ts", import.meta.url) }));
});

async function deployed(env: TestEnvironment): Promise<DeployedModule<typeof contract>> {
  return env.deploy(wasm, { contract });
}

const big = 9007199254740993n;

describe("64-bit integers", () => {
  test.each([big, -(2n ** 63n), 2n ** 64n - 1n])(
    "%d comes and goes with every digit",
    async (id) => {
      await using env = await TestEnvironment.create();
      const run = await (await deployed(env)).start("echo", { id });
      await run.send("next", [id]);
      expect(await run.response()).toEqual({
        input: { id },
        next: [id],
        types: ["object", "object"],
      });
    },
  );

  test("arrive as numbers if they are safe, and numbers stay numbers if they are large", async () => {
    await using env = await TestEnvironment.create();
    const run = await (await deployed(env)).start("echo", 5n);
    await run.send("next", 2 ** 60);
    expect(await run.response()).toEqual({ input: 5, next: 2 ** 60, types: ["number", "number"] });
  });

  test("reach child workflows", async () => {
    await using env = await TestEnvironment.create({ http: () => ({ status: 200 }) });
    await (await deployed(env)).start("parent", big);
    await env.settle();
    expect(env.requests.map(({ text }) => text)).toEqual([String(big)]);
  });
});

describe("an optional input", () => {
  test("is undefined or the default if omitted", async () => {
    await using env = await TestEnvironment.create();
    const module = await deployed(env);
    expect(await (await module.start("optional")).response()).toBe("nothing");
    expect(await (await module.start("optional", { a: 1 })).response()).toBe(1);
    expect(await (await module.start("preset")).response()).toBe(7);
    expect(await (await module.start("preset", { a: 1 })).response()).toBe(1);
    expect(await (await module.start("destructured")).response()).toBe("1 undefined");
    expect(await (await module.start("destructured", { b: "x" })).response()).toBe("1 x");
  });

  test("has its schema's default, as does an omitted response", async () => {
    await using env = await TestEnvironment.create();
    const module = await deployed(env);
    const without = await (await module.start("defaults")).response();
    expectTypeOf(without).toEqualTypeOf<number | undefined>();
    expect(without).toBeUndefined();
    expect(await (await module.start("defaults", { a: 1 })).response()).toBe(1);
  });
});

test("a value that JSON can't represent fails the workflow with its path, if it is sent", async () => {
  await using env = await TestEnvironment.create();
  const module = await deployed(env);
  const run = await module.start("lossy", { kind: "NaN" });
  await expect(run.response()).rejects.toThrow(
    "NotJsonError: The response cannot be written as JSON: the number NaN at $.list[1].",
  );
  const answered = await module.start("lossy", { kind: "late" });
  expect(await answered.response()).toEqual({ ok: true });
});

test("a response with a thousand levels is sent, a deeper one is refused", async () => {
  await using env = await TestEnvironment.create();
  const module = await deployed(env);
  const deep = await (await module.start("deep", 1000)).response();
  expect(JSON.stringify(deep)).toHaveLength(2001);
  const run = await module.start("deep", 5000);
  await expect(run.response()).rejects.toThrow("nested too deep (more than 1000 levels)");
});

test.each([
  [{ e: new Error("x") }, "$.e"],
  [{ at: [new Date(Number.NaN)] }, "$.at[0]"],
  [/x/, "$"],
])("%j is sent neither as an input nor as a message", async (value, path) => {
  await using env = await TestEnvironment.create();
  const module = await deployed(env);
  const refusal = { code: "FLAWLESS_NOT_JSON", path };
  await expect(module.start("echo", value)).rejects.toMatchObject(refusal);
  const run = await module.start("echo", 1);
  await expect(run.send("next", value)).rejects.toMatchObject(refusal);
});

test("schemas convert once: inputs and messages in the workflow, responses at the caller", async () => {
  await using env = await TestEnvironment.create();
  const run = await (await deployed(env)).start("schemas", { text: "a" });
  await run.send("count", "four");
  expect(await run.response()).toEqual({ said: "a! default!", counted: 4 });
});

test("type<T>() is a T when written, and what JSON preserves when read", async () => {
  await using env = await TestEnvironment.create();
  const run = await (await deployed(env)).start("dated", { at: new Date(0) });
  const response = await run.response();
  expectTypeOf(response).toEqualTypeOf<{ readonly at: string; readonly got: string }>();
  expect(response).toEqual({ at: "1970-01-01T00:00:00.000Z", got: "1970-01-01T00:00:00.000Z" });
});
