import { expect, onTestFinished, test, TestRunner, vi } from "vitest";
import { until } from "./until.ts";

test("a wait ends when its test times out, so that the test disposes of what it uses", async () => {
  const current = TestRunner.getCurrentTest();
  const timeout = new AbortController();
  const context = { ...current?.context, signal: timeout.signal };
  const spy = vi.spyOn(TestRunner, "getCurrentTest");
  onTestFinished(() => spy.mockRestore());
  spy.mockReturnValue({ ...current, context } as typeof current);
  const waiting = until(() => false);
  timeout.abort(new Error("the test timed out"));
  await expect(waiting).rejects.toThrow("the test timed out");
});
