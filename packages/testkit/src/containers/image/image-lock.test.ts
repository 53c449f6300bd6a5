import { expect, test } from "vitest";
import { withMachineLock } from "./image-lock.ts";

test("the image's lock has one holder at a time, even after a failure", async () => {
  const name = `flawless-ts-test-${process.pid}`;
  let inside = 0;
  let most = 0;
  const results = await Promise.allSettled(
    Array.from({ length: 4 }, (_, index) =>
      withMachineLock(name, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
        if (index === 0) {
          throw new Error("on purpose");
        }
        return index;
      }),
    ),
  );
  expect(most).toBe(1);
  expect(results.map(({ status }) => status)).toEqual([
    "rejected",
    "fulfilled",
    "fulfilled",
    "fulfilled",
  ]);
});
