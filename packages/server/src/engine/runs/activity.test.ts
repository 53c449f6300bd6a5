import { expect, test } from "vitest";
import { isSettled } from "../../testing/until.ts";
import { Activity } from "./activity.ts";

test("a condition that already holds needs no wait", async () => {
  const activity = new Activity();

  await expect(activity.until(() => activity.computing === 0)).resolves.toBeUndefined();
});

test("a condition is checked again as soon as a count falls to zero", async () => {
  const activity = new Activity();
  activity.change("computing", 1);
  activity.change("computing", 1);
  activity.change("requesting", 1);
  const still = activity.until(() => activity.computing === 0);

  activity.change("computing", -1);
  expect(await isSettled(still)).toBe(false);
  activity.change("computing", -1);

  await expect(still).resolves.toBeUndefined();
  expect(activity.requesting).toBe(1);
});

test("things that are not counted can come to rest too", async () => {
  const activity = new Activity();
  let rested = false;
  const still = activity.until(() => rested);

  rested = true;
  expect(await isSettled(still)).toBe(false);
  activity.notify();

  await expect(still).resolves.toBeUndefined();
});
