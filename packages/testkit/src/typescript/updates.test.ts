import { buildModule } from "@flawless-ts/module-builder";
import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { crashEverywhere, TestEnvironment } from "../index.ts";
import contract from "./lasting-module.ts";

let wasm: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  ({ wasm } = await buildModule({ entry: new URL("lasting-module.ts", import.meta.url) }));
});

const world = () => ({});

describe("updates", () => {
  test("are answered, typed, and refused by the workflow or by their schema", async () => {
    await using env = await TestEnvironment.create({ http: world });
    const module = await env.deploy(wasm, { contract });
    const run = await module.start("cart");
    const reply = await run.update("addItem", { sku: "lamp" });
    expectTypeOf(reply).toEqualTypeOf<{ readonly items: number }>();
    expect(reply).toEqual({ items: 1 });
    expect(await run.update("addItem", { sku: "desk" })).toEqual({ items: 2 });
    await expect(run.update("addItem", { sku: "lamp" })).rejects.toMatchObject({
      message: expect.stringContaining("it is in the cart already"),
    });
    expect(await run.state()).toEqual({ items: 2 });
    await run.send("close", null);
    expect(await run.response()).toEqual(["lamp", "desk"]);
  });

  test("are answered once, despite crashes", async () => {
    const report = await crashEverywhere(
      async (env) => {
        const module = await env.deploy(wasm, { contract });
        const run = await module.start("cart");
        const replies = [];
        for (const sku of ["lamp", "desk"]) {
          replies.push(await run.update("addItem", { sku }, { idempotencyKey: sku }));
        }
        await run.send("close", null);
        return [replies, await run.response()];
      },
      { environment: { http: world }, interruptRequests: false, sample: { count: 8, seed: 2 } },
    );
    expect(report.boundaries).toBeGreaterThan(8);
  });
});
