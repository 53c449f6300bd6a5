import { expect, test } from "vitest";
import { RunGuest } from "./run-guest.ts";

type Parts = ConstructorParameters<typeof RunGuest>;
type Calls = Parameters<RunGuest["start"]>[0];
type Start = Parts[0]["guests"]["start"];

/** A guest whose thread only records what it is told of its caller. */
function setUp(started: Promise<void> = Promise.resolve()) {
  const told: boolean[] = [];
  const state = { response: null as string | null };
  const start = async (...[, , callerPresent]: Parameters<Start>): Promise<object> => {
    told.push(callerPresent());
    await started;
    return { setCallerPresent: (present: boolean) => told.push(present) };
  };
  const services = { guests: { readJournal: async () => [], start } } as unknown as Parts[0];
  const guest = new RunGuest(services, { state } as Parts[1], {} as Parts[2]);
  const calls = { ended: false, readFrom: () => undefined } as unknown as Calls;
  return { guest, told, state, start: () => guest.start(calls) };
}

test("a guest is told of its caller at its start, and then only of changes", async () => {
  const { guest, told, start } = setUp();
  guest.hasCaller = true;
  await start();
  guest.hasCaller = true;
  expect(told).toEqual([true]);

  guest.hasCaller = false;
  guest.hasCaller = false;
  guest.hasCaller = true;
  expect(told).toEqual([true, false, true]);
});

test("a guest is told of a caller that left while it was being started", async () => {
  const started = Promise.withResolvers<void>();
  const { guest, told, start } = setUp(started.promise);
  guest.hasCaller = true;
  const starting = start();
  await Promise.resolve();
  guest.hasCaller = false;
  started.resolve();
  await starting;
  expect(told).toEqual([true, false]);
});

test("nobody waits for the response of a guest that has already given it", async () => {
  const { guest, told, state, start } = setUp();
  state.response = "null";
  guest.hasCaller = true;
  await start();
  expect(told).toEqual([false]);
});
