import { describe, expect, test } from "vitest";
import { TestEnvironment } from "../environment/test-environment.ts";
import { environmentOf, playInProcess, requestLines } from "./play.ts";
import { inProcessScenarios } from "./scenarios.ts";

describe.for([
  ["in process", false],
  ["in process, each guest rebuilt at each wake-up", true],
] as const)("%s", ([, alwaysReplay]) => {
  test.for(inProcessScenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async ([, scenario]) => {
      await using env = await TestEnvironment.create({ ...environmentOf(scenario), alwaysReplay });
      expect(await playInProcess(scenario, env)).toEqual(scenario.expected);
      // Concurrent workflows send in any order.
      expect(requestLines(env).toSorted()).toEqual(scenario.requests ?? []);
    },
  );
});
