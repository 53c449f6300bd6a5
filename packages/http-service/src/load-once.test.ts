import { expect, test } from "vitest";
import { loadOnce } from "./load-once.ts";

test("keeps what was loaded, but not a failure", async () => {
  let loads = 0;
  const load = loadOnce(async () => {
    loads += 1;
    if (loads === 1) {
      throw new Error("too many open files");
    }
    return loads;
  });

  expect(await Promise.allSettled([load(), load()])).toMatchObject([
    { status: "rejected" },
    { status: "rejected" },
  ]);
  expect(await Promise.all([load(), load()])).toEqual([2, 2]);
  expect(await load()).toBe(2);
});
