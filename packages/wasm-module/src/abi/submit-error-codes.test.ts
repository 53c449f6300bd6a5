import { expect, test } from "vitest";
import { submitErrorCodes } from "./submit-error-codes.ts";

test("submitErrorCodes has each number that the guest's crate understands exactly once", () => {
  expect(Object.values(submitErrorCodes).toSorted((a, b) => b - a)).toEqual([
    -1, -2, -3, -4, -5, -6, -7, -8,
  ]);
});
