import { expect } from "vitest";
import { test } from "@flawless-ts/testkit/vitest";
import { contract, modulePath } from "./modules.ts";

test("continues when someone approves", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("receive");
  await env.skip("3 days");
  await run.send("approve", { by: "Ann" });
  await expect(run).toRespondWith({ by: "Ann" });
});

test("says immediately that nobody approves", async ({ env }) => {
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("receive");
  await expect(run.response()).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_DEADLOCK",
    message: expect.stringContaining('waits for a message of type "approve"'),
  });
});
