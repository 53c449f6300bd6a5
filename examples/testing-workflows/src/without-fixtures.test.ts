import { beforeEach, expect, test } from "vitest";
import {
  TestEnvironment,
  formatStepCoverage,
  resetStepCoverage,
  stepCoverage,
} from "@flawless-ts/testkit";
import { contract, modulePath } from "./modules.ts";

// Other files may have run in this process before.
beforeEach(resetStepCoverage);

async function takeTwoSteps(): Promise<number> {
  await using env = await TestEnvironment.create({
    startTime: "2030-12-31T23:59:59Z",
    seed: 7,
    alwaysReplay: true,
  });
  const module = await env.deploy(modulePath, { contract });
  const run = await module.start("sleep_steps", { count: 2, ms: 1_000 });
  return await run.response();
}

test("creating an environment takes one line, in any test runner", async () => {
  expect(await takeTwoSteps()).toBe(2);
});

test("a suite can report which workflows and host calls it ran", async () => {
  await takeTwoSteps();
  const table = formatStepCoverage(stepCoverage());
  expect(table).toMatch(/^module +workflow +runs +host calls$/m);
  expect(table).toMatch(/^conformance 1\.0\.0 +sleep_steps .*Sleep/m);
  expect(table).toMatch(/^conformance 1\.0\.0 +ten_steps +0 +-$/m);
});
