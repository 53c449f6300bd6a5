import { expect, test } from "vitest";
import { Remembered } from "./remembered.ts";

test("beyond the limit the oldest entries are forgotten, and taken ones are gone", () => {
  const remembered = new Remembered<string, number>(2);
  remembered.set("a", 1);
  remembered.set("b", 2);
  remembered.set("a", 3);
  remembered.set("c", 4);

  expect(["a", "b", "c", "a"].map((key) => remembered.take(key))).toEqual([
    3,
    undefined,
    4,
    undefined,
  ]);
});
