import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, expect, test } from "vitest";
import { crashEverywhere, TestEnvironment } from "../index.ts";
import contract from "./children-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("children-module.ts", import.meta.url) }));
});

test.each([
  ["kept in memory", false],
  ["rebuilt at each wake-up", true],
] as const)("children return their results concurrently, %s", async (_, alwaysReplay) => {
  await using env = await TestEnvironment.create({ alwaysReplay });
  const module = await env.deploy(wasm, { contract });
  const run = await module.start("sum");
  const { ids, ...response } = await run.response();
  expect(response).toEqual({
    sum: 25,
    took: 2000,
    failure: { status: "failed", isItsId: true, cause: "too small" },
    again: { squared: 9 },
  });
  const known = (await env.workflows()).filter(({ parent }) => parent === run.id);
  expect(known.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
});

test("a crash anywhere changes none of that", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const module = await env.deploy(wasm, { contract });
      const { sum, failure } = await (await module.start("sum")).response();
      return { sum, failure };
    },
    { sample: { count: 8, seed: 4 } },
  );
  expect(report.boundaries).toBeGreaterThan(8);
});
