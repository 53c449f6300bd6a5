import type { Worker } from "node:worker_threads";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { defaultLimits } from "../engine/limits.ts";
import { NoThreadError } from "../executor/executor-pool.ts";
import { startThread } from "../start-thread.ts";
import { ModuleInspector } from "./module-inspector.ts";

const bytes = fixtureBytes("raw_calls");

test("modules wait for inspection while the system gives no thread", async () => {
  let refusals = 1;
  let thread: Worker | undefined;
  const inspector = new ModuleInspector(() => {
    refusals -= 1;
    if (refusals >= 0) {
      throw new Error("EAGAIN");
    }
    return (thread = startThread("modules/inspector-thread", {}));
  });
  const inspect = (): Promise<unknown> =>
    inspector.inspect(bytes, defaultLimits, { isKnown: true });

  await expect(inspect()).rejects.toThrow(NoThreadError);
  expect(await inspect()).toMatchObject({ name: "raw-calls", inspection: { functionTypes: 24 } });
  const lost = inspect();
  void thread?.terminate();
  await expect(lost).rejects.toThrow("The thread that looks through modules ended");
  expect(await inspect()).toMatchObject({ version: "1.0.0" });
  await thread?.terminate();
});

test("more than may wait are refused, but not what is deployed already", async () => {
  const inspector = new ModuleInspector();
  const large = new Uint8Array(100 * 2 ** 20);
  const first = inspector.inspect(large, defaultLimits, { isKnown: false });
  const second = inspector.inspect(large, defaultLimits, { isKnown: false });
  const known = inspector.inspect(bytes, defaultLimits, { isKnown: true });

  await expect(second).rejects.toMatchObject({ code: "LIMIT_REACHED" });
  await expect(first).rejects.toMatchObject({ code: "FLAWLESS_MODULE_TOO_LARGE" });
  expect(await known).toMatchObject({ name: "raw-calls" });
});
