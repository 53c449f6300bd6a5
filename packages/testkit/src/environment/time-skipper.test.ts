import { expect, test } from "vitest";
import { nextTurn } from "./real-timers.ts";
import { TestClock } from "./test-clock.ts";
import { TimeSkipper } from "./time-skipper.ts";

/** Settled after so many turns of the event loop. */
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

test("what begins just when something else was waited for has as much time to come to rest", async () => {
  // Each begins at another turn of the look at whether all is quiet.
  for (let turns = 0; turns < 8; turns += 1) {
    const skipper = skipperOf();
    expect(await skipper.during(after(turns))).toBe("there");
    expect(await skipper.during(after(8))).toBe("there");
  }
});

test("what is never settled is refused, and what is waited for later is not", async () => {
  const skipper = skipperOf();
  const stuck = skipper.during(new Promise(() => undefined));
  await expect(stuck).rejects.toMatchObject({ code: "FLAWLESS_TESTKIT_DEADLOCK" });
  expect(await skipper.during(after(8))).toBe("there");
});
