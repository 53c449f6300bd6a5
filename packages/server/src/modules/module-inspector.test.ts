import type { Worker } from "node:worker_threads";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { defaultLimits } from "../engine/limits.ts";
import { NoThreadError } from "../executor/executor-pool.ts";
import { startThread } from "../start-thread.ts";
import type { InspectionLimits } from "./inspector-messages.ts";
import { ModuleInspector } from "./module-inspector.ts";

const bytes = fixtureBytes("raw_calls");

test("modules can't be inspected while the system provides no thread", async () => {
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
  const lost = inspector.inspect(fixtureBytes("conformance"), defaultLimits, { isKnown: true });
  void thread?.terminate();
  await expect(lost).rejects.toThrow("The thread that looks through modules ended");
  expect(await inspect()).toMatchObject({ version: "1.0.0" });
  await thread?.terminate();
});

test("modules beyond the waiting limit are refused, but not deployed ones", async () => {
  const inspector = new ModuleInspector();
  const large = new Uint8Array(100 * 2 ** 20);
  const first = inspector.inspect(large, defaultLimits, { isKnown: false });
  const second = inspector.inspect(large, defaultLimits, { isKnown: false });
  const known = inspector.inspect(bytes, defaultLimits, { isKnown: true });

  await expect(second).rejects.toMatchObject({ code: "LIMIT_REACHED" });
  await expect(first).rejects.toMatchObject({ code: "FLAWLESS_MODULE_TOO_LARGE" });
  expect(await known).toMatchObject({ name: "raw-calls" });
});

test("the same bytes are inspected once, while somebody still has the result", async () => {
  const inspector = new ModuleInspector();
  const inspect = (limits: InspectionLimits, isKnown = false): Promise<unknown> =>
    inspector.inspect(bytes.slice(), limits, { isKnown });
  const known = await inspect(defaultLimits, true);
  expect(await inspect(defaultLimits, true)).toBe(known);

  // Now its costly functions must be tried, too.
  const tried = await inspect(defaultLimits);
  expect(tried).not.toBe(known);
  expect(await inspect({ ...defaultLimits })).toBe(tried);
  expect(await inspect(defaultLimits, true)).toBe(tried);

  const lower = { ...defaultLimits, moduleBytes: bytes.length - 1 };
  await expect(inspect(lower)).rejects.toMatchObject({ code: "FLAWLESS_MODULE_TOO_LARGE" });
  const other = bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
  const changed = inspector.inspect(other, defaultLimits, { isKnown: false });
  expect(await changed.catch(() => undefined)).not.toBe(tried);
});
