import { describe, expect, test } from "vitest";
import { FailingStore } from "../testing/store-wrapper.ts";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";
import { isSettled, until } from "../testing/until.ts";

describe.each(memoryModes)("$mode", ({ limits }) => {
  test("a sleep ends when its time is over, not before", async () => {
    await using engine = await TestEngine.open({ limits });
    const response = engine.run("sleep_ms", { ms: 1_000 });
    await engine.pass(999);
    expect(await isSettled(response)).toBe(false);
    await engine.pass(1);

    expect(await response).toBe("slept");
  });

  test("a sleeping workflow shows until when", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("sleep_ms", { ms: 1_500 });

    expect(await engine.info(id)).toMatchObject({
      status: "running",
      waiting: { on: "sleep", until: "2026-01-02T03:04:06.500Z" },
    });
    await engine.pass(1_500);
    expect(await engine.info(id)).toMatchObject({ status: "completed", waiting: null });
  });

  test("consecutive sleeps take the sum of their times", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("sleep_steps", { count: 10, ms: 250 });
    await engine.pass(2_499);
    expect(await engine.status(id)).toBe("running");
    await engine.pass(1);

    expect(await engine.info(id)).toMatchObject({
      status: "completed",
      response: "10",
      endedAt: "2026-01-02T03:04:07.500Z",
    });
  });

  test("many sleepers wake in the order of their times", async () => {
    await using engine = await TestEngine.open({ limits });
    const order: number[] = [];
    const times = [300, 100, 200, 100, 400];
    const all = times.map(async (ms, index) => {
      await engine.run("sleep_ms", { ms });
      order.push(index);
    });
    await engine.pass(400);
    await Promise.all(all);

    expect(order).toEqual([1, 3, 2, 0, 4]);
  });

  test("after a restart only the remaining time is slept, and the time that the server was down counts", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("sleep_ms", { ms: 10_000 });
    await before.pass(4_000);
    await before.engine.kill();
    before.clock.set(before.clock.now() + 5_000);

    await using after = await before.restart();
    await after.pass(999);
    expect(await after.status(id)).toBe("running");
    await after.pass(1);

    expect(await after.info(id)).toMatchObject({ status: "completed", response: '"slept"' });
  });

  test("a workflow whose time passed while the server was down wakes immediately", async () => {
    await using before = await TestEngine.open({ limits });
    const id = await before.launch("sleep_ms", { ms: 10_000 });
    await before.engine.kill();
    before.clock.set(before.clock.now() + 60_000);

    await using after = await before.restart();
    await after.engine.whenIdle();

    expect(await after.info(id)).toMatchObject({ status: "completed", response: '"slept"' });
  });

  test("a clock that is set back lengthens the sleep by as much, but it still ends", async () => {
    await using engine = await TestEngine.open({ limits });
    const id = await engine.launch("sleep_ms", { ms: 1_000 });
    engine.clock.set(engine.clock.now() - 5_000);
    await engine.pass(5_999);
    expect(await engine.status(id)).toBe("running");
    await engine.pass(1);

    expect(await engine.status(id)).toBe("completed");
  });
});

test("a clock that is set back just as a sleeper wakes makes it continue to sleep", async () => {
  let store: FailingStore | undefined;
  await using engine = await TestEngine.open({
    limits: { idleGuestMs: 0 },
    wrapStore: (inner) => (store = new FailingStore(inner)),
  });
  const id = await engine.launch("sleep_ms", { ms: 1_000 });
  const release = store?.hold();
  engine.clock.advance(1_000);
  await until(() => engine.engine.statistics().computing > 0);
  engine.clock.set(engine.clock.now() - 5_000);
  release?.();
  await engine.engine.whenIdle();

  expect(await engine.info(id)).toMatchObject({ status: "running", waiting: { on: "sleep" } });
  expect((await engine.steps(id)).at(-1)).toMatchObject({ answer: null });
  await engine.pass(5_000);
  expect(await engine.response(id)).toBe("slept");
});

test("sleeps of 0 ms end immediately and leave one line each in the journal", async () => {
  await using engine = await TestEngine.open();

  expect(await engine.run("ten_sleeps")).toBe(10);
  const [workflow] = (await engine.engine.list()).workflows;
  const sleeps = (await engine.steps(workflow?.id ?? "")).filter(({ call }) =>
    call.startsWith('{"Sleep"'),
  );
  expect(sleeps).toHaveLength(10);
  expect(sleeps.every(({ answer }) => answer === '"Unit"')).toBe(true);
});

test("the longest possible sleep works; it survives a restart and can be cancelled", async () => {
  await using before = await TestEngine.open();
  const id = await before.launch("sleep_secs_max");
  const waiting = { on: "sleep", until: "+275760-09-13T00:00:00.000Z" };
  expect(await before.info(id)).toMatchObject({ status: "running", waiting });

  await using after = await before.restart();
  await after.pass(100 * 365 * 86_400_000);

  expect(await after.info(id)).toMatchObject({ status: "running", waiting });
  expect(await after.engine.cancel(id)).toMatchObject({ status: "cancelled", waiting: null });
});
