import { writeFileSync } from "node:fs";
import { buildModule } from "@flawless-ts/module-builder";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { beforeAll, describe, expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { TestEnvironment } from "../environment/test-environment.ts";

/** Charges, waits for three days, and ships. In version 1.0.0 the address is wrong, and the warehouse refuses it. */
function source(version: string, address: string, first: string = "charge"): string {
  return `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "orders", version: ${JSON.stringify(version)}, workflows: {
  checkout: async (order, context) => {
    await context.fetch("http://shop/${first}", { method: "POST", body: order.id });
    await context.sleep("3 days");
    const shipped = await context.fetch("http://shop/${address}", { method: "POST", body: order.id });
    if (!shipped.ok) throw new Error("The warehouse refused the order.");
    return { shipped: order.id };
  },
} });`;
}

async function build(text: string): Promise<Uint8Array> {
  using directory = new TemporaryDirectory();
  const entry = directory.join("orders.ts");
  writeFileSync(entry, text);
  const { wasm } = await buildModule({ entry, types: false });
  return wasm;
}

let broken: Uint8Array;
let repaired: Uint8Array;
let other: Uint8Array;

beforeAll(async () => {
  broken = await build(source("1.0.0", "shipp"));
  repaired = await build(source("1.0.1", "ship"));
  other = await build(source("1.0.2", "ship", "charge-twice"));
}, 120_000);

const http = ({ url }: { readonly url: string }): { readonly status: number } => ({
  status: url.endsWith("/shipp") ? 404 : 200,
});
const days = 24 * 3_600_000;

/** The step whose call requests this URL; steps are counted from 1. */
function stepOf(steps: readonly { readonly step: number; readonly call: string }[], url: string) {
  return steps.find(({ call }) => call.includes(`http://shop/${url}"`))?.step ?? Number.NaN;
}

describe("a bug", () => {
  test("is fixed by a fork on a new version, without charging twice", async () => {
    await using env = await TestEnvironment.create({ http, startTime: "2030-01-01T00:00:00Z" });
    const module = await env.deploy(broken);
    const run = await module.start("checkout", { id: "o-7" });
    await expect(run.response()).rejects.toMatchObject({
      message: expect.stringContaining("The warehouse refused the order.") as string,
    });
    expect(env.now).toBe(Date.UTC(2030, 0, 4));
    const { steps } = await run.history();
    await env.deploy(repaired);
    // Everything before the failed request is kept, so it doesn't sleep again.
    const fork = await run.fork({ fromStep: stepOf(steps, "shipp") - 1, version: "1.0.1" });

    expect(await fork.response()).toEqual({ shipped: "o-7" });
    expect(env.now).toBe(Date.UTC(2030, 0, 4));
    expect(env.requests.map(({ url }) => url)).toEqual([
      "http://shop/charge",
      "http://shop/shipp",
      "http://shop/ship",
    ]);
    expect(await run.completion()).toMatchObject({ status: "failed" });
    expect(await fork.info()).toMatchObject({ version: "1.0.1", restartedFrom: { id: run.id } });
  });

  test("of a version that diverges earlier is reported before anything is done", async () => {
    await using env = await TestEnvironment.create({ http });
    const module = await env.deploy(broken);
    const run = await module.start("checkout", { id: "o-7" });
    await run.completion();
    const { steps } = await run.history();
    await env.deploy(other);
    const fromStep = stepOf(steps, "charge");

    await expect(run.fork({ fromStep, version: "1.0.2" })).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
      serverCode: "REPLAY_MISMATCH",
      message: expect.stringMatching(
        /replay took another way at step \d+: .*shop\/charge.*but now came .*charge-twice/,
      ) as string,
    });
    expect(await env.workflows()).toHaveLength(1);
    const fork = await run.fork({ fromStep: fromStep - 1, version: "1.0.2" });
    expect(await fork.response()).toEqual({ shipped: "o-7" });
  });

  test("is fixed once, wherever the engine crashes; time is skipped as usual", async () => {
    const report = await crashEverywhere(
      async (env) => {
        const module = await env.deploy(broken);
        const run = await module.start("checkout", { id: "o-7" });
        await run.completion();
        const { steps } = await run.history();
        await env.deploy(repaired);
        const before = env.now;
        const fork = await run.fork({ fromStep: stepOf(steps, "charge"), version: "1.0.1" });
        const response = await fork.response();
        return { response, days: (env.now - before) / days, all: (await env.workflows()).length };
      },
      { environment: { http }, interruptRequests: false, sample: { count: 8, seed: 1 } },
    );
    expect(report.boundaries).toBeGreaterThan(8);
  });
});
