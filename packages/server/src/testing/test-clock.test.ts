import { expect, test } from "vitest";
import { TestClock } from "./test-clock.ts";
import { turn } from "./until.ts";

function clockAt0(): { clock: TestClock; fired: string[]; note: (name: string) => () => void } {
  const clock = new TestClock(0);
  const fired: string[] = [];
  return { clock, fired, note: (name) => () => void fired.push(`${name} at ${clock.now()}`) };
}

test("timers fire in order of their times, each at its own time", () => {
  const { clock, fired, note } = clockAt0();
  clock.setTimer(30, note("third"));
  clock.setTimer(10, note("first"));
  clock.setTimer(20, note("second"));

  clock.advance(25);

  expect(fired).toEqual(["first at 10", "second at 20"]);
  expect(clock.now()).toBe(25);
  expect(clock.next).toBe(30);
});

test("a timer set by a timer fires within the same span", () => {
  const { clock, fired, note } = clockAt0();
  clock.setTimer(10, () => void clock.setTimer(clock.now() + 5, note("inner")));

  clock.advance(20);

  expect(fired).toEqual(["inner at 15"]);
});

test("a cancelled timer never fires", () => {
  const { clock, fired, note } = clockAt0();
  const cancel = clock.setTimer(10, note("cancelled"));

  cancel();
  clock.advance(20);

  expect(fired).toEqual([]);
  expect(clock.timers).toBe(0);
});

test("a timer for a past time fires by itself, but not synchronously", async () => {
  const { clock, fired, note } = clockAt0();
  clock.setTimer(0, note("due"));
  const before = [...fired];

  await turn();

  expect(before).toEqual([]);
  expect(fired).toEqual(["due at 0"]);
});
