import { expect, test } from "vitest";
import { difference, type Observation } from "./observation.ts";

test("results that differ in the last digit of a bigint are shown", () => {
  const observation = (id: bigint): Observation => ({
    result: { returned: { id } },
    workflows: [],
    effects: [],
    repeatable: [],
    activities: [],
    commits: 1,
    crashSite: undefined,
    interrupted: false,
  });
  expect(difference(observation(2n ** 63n), observation(2n ** 63n))).toBeUndefined();
  expect(difference(observation(2n ** 63n), observation(2n ** 63n + 1n))).toBe(
    [
      "the scenario's result differ:",
      '  without a crash: {"returned":{"id":"9223372036854775808n"}}',
      '  with the crash:  {"returned":{"id":"9223372036854775809n"}}',
    ].join("\n"),
  );
});
