import { expect, test } from "vitest";
import { samePayload } from "./same-payload.ts";

test.each([
  ['{"a":1,"b":[2]}', '{"a":1,"b":[2]}', true],
  ['{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }', true],
  ['{"a":1}', '{"a":2}', false],
  ["[1,2]", "[2,1]", false],
  ["18446744073709551615", "18446744073709551616", false],
  ['"1"', "1", false],
  ["null", "{}", false],
])("%s and %s: %s", (one, other, same) => {
  expect(samePayload(one, other)).toBe(same);
});
