import { expect, test } from "vitest";
import { globalTimers } from "../time/timers.ts";
import { rejectionOf, until } from "../testing/until.ts";
import { AwaitedEnds } from "./awaited-ends.ts";

const { signal } = new AbortController();

test("asks the databases about all awaited workflows at once, until they have ended", async () => {
  const ended = new Set<number>();
  const asked: (readonly number[])[] = [];
  const ends = new AwaitedEnds(
    async (ids) => {
      asked.push(ids);
      if (asked.length === 3) {
        throw new Error("away");
      }
      return ids.filter((id) => ended.has(id));
    },
    globalTimers,
    1,
  );
  const over: number[] = [];
  const all = [1, 2, 3, 3].map(async (id) => {
    await ends.wait(id, signal);
    over.push(id);
  });
  await until(() => asked.some((ids) => ids.length === 3));
  ended.add(3);
  await until(() => over.length === 2);
  expect(over).toEqual([3, 3]);
  await until(() => asked.at(-1)?.length === 2);
  ended.add(1).add(2);
  await Promise.all(all);
  ends.close();
});

test("asks immediately after an end on this node", async () => {
  let hasEnded = false;
  const ends = new AwaitedEnds(async (ids) => (hasEnded ? ids : []), globalTimers, 3_600_000);
  const waiting = ends.wait(7, signal);
  hasEnded = true;
  ends.endedHere(8);
  ends.endedHere(7);
  expect(await waiting).toBeUndefined();
  ends.close();
});

test("an aborted caller stops waiting", async () => {
  const ends = new AwaitedEnds(async () => [], globalTimers, 1);
  const left = new AbortController();
  const rejection = rejectionOf(ends.wait(7, left.signal));
  left.abort();
  expect(await rejection).toMatchObject({ name: "AbortError" });
  expect(await rejectionOf(ends.wait(7, left.signal))).toMatchObject({ name: "AbortError" });
  ends.close();
});
