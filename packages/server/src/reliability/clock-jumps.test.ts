import { describe, expect, test } from "vitest";
import { memoryModes, TestEngine } from "../testing/test-engine.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe.each(memoryModes)("a clock that is set, $mode:", ({ limits }) => {
  test("set back, a sleep still ends at its deadline and ids stay in order", async () => {
    await using engine = await TestEngine.open({ limits });
    const first = await engine.launch("sleep_ms", { ms: hourMs });
    const deadline = engine.clock.now() + hourMs;
    engine.clock.set(engine.clock.now() - 10 * dayMs);
    const second = await engine.launch("sleep_ms", { ms: hourMs });
    await engine.pass(hourMs);

    expect([await engine.status(first), await engine.status(second)]).toEqual([
      "running",
      "completed",
    ]);
    const { workflows } = await engine.engine.list();
    expect(workflows.map(({ id }) => id)).toEqual([second, first]);

    await engine.pass(deadline - engine.clock.now());
    expect(await engine.status(first)).toBe("completed");
  });

  test("set back while the server is down, a sleep still ends at its deadline", async () => {
    await using before = await TestEngine.open({ limits });
    const first = await before.launch("sleep_ms", { ms: hourMs });
    before.clock.set(before.clock.now() - dayMs);
    await using after = await before.restart();
    const second = await after.launch("sleep_ms", { ms: 1 });
    await after.pass(dayMs);
    expect([await after.status(first), await after.status(second)]).toEqual([
      "running",
      "completed",
    ]);

    await after.pass(hourMs);
    expect(await after.status(first)).toBe("completed");
  });

  test("set far forward, everything due wakes at once", async () => {
    await using engine = await TestEngine.open({ limits });
    const ids = [
      await engine.launch("sleep_ms", { ms: 20 * dayMs }),
      await engine.launch("sleep_ms", { ms: 10 * dayMs }),
      await engine.launch("receive_timeout", { ms: dayMs }),
    ];
    engine.clock.set(engine.clock.now() + 3_650 * dayMs);
    // Lets the timers check the clock, as real ones do within ten seconds.
    engine.clock.advance(1);
    await engine.engine.whenIdle();

    for (const id of ids) {
      expect(await engine.status(id)).not.toBe("running");
    }
    const later = await engine.launch("sleep_ms", { ms: hourMs });
    expect(await engine.status(later)).toBe("running");
    await engine.pass(hourMs);
    expect(await engine.status(later)).toBe("completed");
  });
});
