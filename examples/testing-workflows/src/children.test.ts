import { describe, expect } from "vitest";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

const input = { url: "https://shop.example/parcels", body: "order 7" };

describe("a workflow with a child", () => {
  test.override({ environmentOptions: { http: { [`POST ${input.url}`]: { status: 204 } } } });

  test("has the child send the parcel", async ({ env }) => {
    const module = await env.deploy(modulePath, { contract });
    const run = await module.start("start_child", input);
    await expect(run).toComplete();
    await env.settle();
    expect(env).toHaveRequested({ method: "POST", url: input.url, body: "order 7" });
  });

  test("starts the child, whatever the child does", async ({ env }) => {
    env.stub("child");
    const module = await env.deploy(modulePath, { contract });
    const run = await module.start("start_child", input);
    await expect(run).toComplete();
    const [, child] = await env.workflows();
    expect(child).toMatchObject({ workflow: "child", parent: run.id, status: "completed" });
    expect(env).not.toHaveRequested();
  });
});
