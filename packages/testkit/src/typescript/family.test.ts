import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, expect, test } from "vitest";
import { crashEverywhere, TestEnvironment } from "../index.ts";
import contract from "./family-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("family-module.ts", import.meta.url) }));
});

const added = { total: 6, undone: false };
const ends = {
  asked: { total: 4, undone: true },
  ended: "cancelled",
  late: "WORKFLOW_ENDED",
  unknown: "WORKFLOW_NOT_FOUND",
};

test.each([
  ["kept in memory", false],
  ["rebuilt at each wake-up", true],
] as const)("a workflow reaches its children, others and itself, %s", async (_, alwaysReplay) => {
  await using env = await TestEnvironment.create({ alwaysReplay });
  const module = await env.deploy(wasm, { contract });
  expect(await (await module.start("adds")).response()).toEqual(added);
  expect(await (await module.start("ends")).response()).toEqual(ends);
  expect(await (await module.start("keyed")).response()).toEqual({
    isSame: true,
    total: 6,
    undone: false,
  });
  expect(await (await module.start("echoes")).response()).toEqual({ n: 1 });
});

test.each([
  ["returns", "completed"],
  ["throws", "failed"],
  ["waits", "cancelled"],
] as const)("a child is asked to cancel when its parent %s, if requested", async (how, status) => {
  await using env = await TestEnvironment.create();
  const module = await env.deploy(wasm, { contract });
  const run = await module.start("leaves", how);
  await env.settle();
  await run.cancel().catch(() => undefined);
  await env.settle();
  expect((await run.info()).status).toBe(status);
  const { bound, free } = (await run.state()) as {
    readonly bound: string;
    readonly free: string;
  };
  const [ended, freed] = (await env.workflows()).filter(({ parent }) => parent === run.id);
  expect([freed?.id, freed?.status, freed?.cancelBy]).toEqual([free, "running", null]);
  expect([ended?.id, ended?.status, ended?.response]).toEqual([
    bound,
    "completed",
    '{"total":7,"undone":true}',
  ]);
});

test("a crash anywhere changes none of that", async () => {
  const report = await crashEverywhere(
    async (env) => {
      const module = await env.deploy(wasm, { contract });
      const adds = await (await module.start("adds")).response();
      const ending = await (await module.start("ends")).response();
      const run = await module.start("leaves", "returns");
      await run.response();
      await env.settle();
      const children = (await env.workflows()).filter(({ parent }) => parent === run.id);
      return [adds, ending, children.map(({ status }) => status).toSorted()];
    },
    { sample: { count: 8, seed: 4 } },
  );
  expect(report.boundaries).toBeGreaterThan(8);
});
