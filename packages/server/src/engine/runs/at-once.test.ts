import { expect, test } from "vitest";
import { AtOnce } from "./at-once.ts";

test("runs as many tasks at once as allowed, the others in order", async () => {
  const atOnce = new AtOnce(2);
  const begun: number[] = [];
  const held = Array.from({ length: 4 }, () => Promise.withResolvers<number>());
  const results = held.map(({ promise }, index) =>
    atOnce.run(() => {
      begun.push(index);
      return promise;
    }),
  );

  expect(begun).toEqual([0, 1]);
  held[1]?.reject(new Error("no"));
  await expect(results[1]).rejects.toThrow("no");
  expect(begun).toEqual([0, 1, 2]);
  held[0]?.resolve(0);
  expect(await results[0]).toBe(0);
  held[2]?.resolve(2);
  held[3]?.resolve(3);
  expect(await Promise.all([results[2], results[3]])).toEqual([2, 3]);
  expect(await atOnce.run(async () => 5)).toBe(5);
});
