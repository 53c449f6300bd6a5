import { expect, test } from "vitest";
import { nextTurn } from "./real-timers.ts";
import { TestClock } from "./test-clock.ts";
import { TimeSkipper } from "./time-skipper.ts";

/** Settled after this many turns of the event loop. */
async function after(turns: number): Promise<string> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise(setImmediate);
  }
  return "there";
}

function skipperOf(): TimeSkipper {
  return new TimeSkipper(new TestClock(0), {
    autoSkip: true,
    whenIdle: async () => undefined,
    handlersAtWork: () => undefined,
    describeWaiting: async () => "a test",
    calls: () => 0,
    otherWork: () => false,
    pause: () => nextTurn(),
  });
}

test("what begins just as another wait ends has as much time to settle", async () => {
  // Each begins at a different turn of the check for quiet.
  for (let turns = 0; turns < 8; turns += 1) {
    const skipper = skipperOf();
    expect(await skipper.during(after(turns))).toBe("there");
    expect(await skipper.during(after(8))).toBe("there");
  }
});

test("what never settles is rejected, and what is awaited later is not", async () => {
  const skipper = skipperOf();
  const stuck = skipper.during(new Promise(() => undefined));
  await expect(stuck).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
  expect(await skipper.during(after(8))).toBe("there");
});
