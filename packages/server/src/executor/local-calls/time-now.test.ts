import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, test } from "vitest";
import { Engine } from "../../engine/index.ts";
import { sharedExecutors, TestEngine } from "../../testing/test-engine.ts";
import { TestClock } from "../../testing/test-clock.ts";

test("a guest sees the engine's time, to the millisecond and finer", async () => {
  await using engine = await TestEngine.open({ clock: new TestClock(1_767_323_045_678.5) });

  expect(await engine.run("time_now")).toEqual({ secs: 1_767_323_045, nanos: 678_500_000 });
  engine.clock.advance(86_400_000);
  expect(await engine.run("time_now")).toEqual({
    secs: 1_767_323_045 + 86_400,
    nanos: 678_500_000,
  });
});

test("a guest never sees a time before 1970, which its type can't express", async () => {
  await using engine = await TestEngine.open({ clock: new TestClock(-5_000) });

  expect(await engine.run("time_now")).toEqual({ secs: 0, nanos: 0 });
});

test("with the machine's clock, a guest sees the machine's time", async () => {
  await using engine = await Engine.open({ executors: sharedExecutors() });
  await engine.deploy(fixtureBytes("conformance"));
  const before = Date.now();
  const { response } = await engine.start({
    module: "conformance",
    version: "1.0.0",
    workflow: "time_now",
    input: "null",
  });
  const { secs, nanos } = JSON.parse(response ?? "null") as { secs: number; nanos: number };
  const seen = secs * 1_000 + nanos / 1_000_000;

  expect(seen).toBeGreaterThanOrEqual(before);
  expect(seen).toBeLessThanOrEqual(Date.now());
});

test("a guest reads the machine's clock, corrected like the engine's", async () => {
  const hour = 3_600_000;
  const ahead = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
  const clock = new TestClock(Date.now(), ahead);
  await using engine = await TestEngine.open({ clock });
  Atomics.store(ahead, 0, BigInt(hour));
  const before = Date.now() + hour;
  const { secs } = (await engine.run("time_now")) as { readonly secs: number };

  expect(secs).toBeGreaterThanOrEqual(Math.floor(before / 1_000));
  expect(secs).toBeLessThanOrEqual((Date.now() + hour) / 1_000);
});
