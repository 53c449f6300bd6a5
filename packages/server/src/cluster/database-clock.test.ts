import { expect, test } from "vitest";
import { DatabaseClock } from "./database-clock.ts";

const hour = 3_600_000;

/** A machine's clock, and a database that responds after a while. */
function machineAndDatabase(): {
  readonly machine: { now: number };
  readonly clock: DatabaseClock;
  ask(ahead: number, takesMs: number): Promise<void>;
} {
  const machine = { now: 1_000 * hour };
  const clock = new DatabaseClock(() => machine.now);
  const ask = (ahead: number, takesMs: number): Promise<void> =>
    clock.synchronise(async () => {
      machine.now += takesMs / 2;
      const time = machine.now + ahead;
      machine.now += takesMs / 2;
      return time;
    });
  return { machine, clock, ask };
}

test("is the machine's until a database says otherwise, and then advances like the machine's", async () => {
  const { machine, clock, ask } = machineAndDatabase();
  expect(clock.now()).toBe(machine.now);
  await ask(-hour, 10);
  expect(clock.now()).toBe(machine.now - hour);
  machine.now += 500;
  expect(clock.now()).toBe(machine.now - hour);
  expect(clock.guestTime[0]).toBe(BigInt(-hour));
});

test("doesn't change if the response took so long that the time may be right", async () => {
  const { machine, clock, ask } = machineAndDatabase();
  await ask(300, 1_000);
  expect(clock.now()).toBe(machine.now);
  await ask(300, 100);
  expect(clock.now()).toBe(machine.now + 300);
});

test("follows both clocks when they are set", async () => {
  const { machine, clock, ask } = machineAndDatabase();
  await ask(0, 10);
  machine.now -= hour;
  await ask(hour, 10);
  expect(clock.now()).toBe(machine.now + hour);
  await ask(2 * hour, 10);
  expect(clock.now()).toBe(machine.now + 2 * hour);
});

test("ignores a response if the machine's clock was set back meanwhile", async () => {
  const { machine, clock } = machineAndDatabase();
  await clock.synchronise(async () => {
    machine.now -= hour;
    return machine.now + 1;
  });
  expect(clock.now()).toBe(machine.now);
});

test("keeps its time if the database doesn't respond", async () => {
  const { machine, clock, ask } = machineAndDatabase();
  await ask(hour, 2);
  await expect(clock.synchronise(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(clock.now()).toBe(machine.now + hour);
});

test("has timers that fire when its own time has come", async () => {
  const clock = new DatabaseClock();
  await clock.synchronise(async () => Date.now() - hour);
  const due = clock.now() + 5;
  await new Promise<void>((resolve) => clock.setTimer(due, resolve));
  expect(clock.now()).toBeGreaterThanOrEqual(due);
  expect(clock.now()).toBeLessThan(Date.now());
});
