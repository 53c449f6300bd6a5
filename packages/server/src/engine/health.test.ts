import { expect, test } from "vitest";
import { TestEngine } from "../testing/test-engine.ts";
import { until } from "../testing/until.ts";

test("the health counts workflows that have not ended, whatever they wait for, even after a restart", async () => {
  await using before = await TestEngine.open({ limits: { idleGuestMs: 0 } });
  const id = await before.launch("receive");
  await before.launch("sleep_ms", { ms: 100 });
  await before.launch("noop");
  expect(before.engine.health()).toEqual({ status: "ok", reason: null, running: 2 });
  await using after = await before.restart();
  await until(() => after.engine.health().running === 2);
  await after.engine.terminate(id);
  expect(after.engine.health().running).toBe(1);
  await after.pass(100);
  expect(after.engine.health().running).toBe(0);
});
