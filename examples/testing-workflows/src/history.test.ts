import { expect, test } from "vitest";
import { readHistory, replayHistory } from "@flawless-ts/testkit";
import { modulePath } from "./modules.ts";

const checkout = new URL("../histories/checkout.json", import.meta.url);

test("running checkouts continue with this build", async () => {
  const { steps } = await replayHistory(modulePath, checkout);
  expect(steps).toBe(14);
});

test("a build that sleeps longer would break them", async () => {
  const history = await readHistory(checkout);
  const steps = history.steps.map((step) =>
    JSON.stringify(step.call).includes("Sleep")
      ? { ...step, call: { Sleep: { secs: 60, nanos: 0 } } }
      : step,
  );
  await expect(replayHistory(modulePath, { ...history, steps })).rejects.toMatchObject({
    code: "FLAWLESS_TESTKIT_REPLAY_MISMATCH",
    message: expect.stringContaining("step 6"),
  });
});
