import { fixtureBytes, type FixtureName } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { TestEnvironment } from "../environment/test-environment.ts";
import { crashes } from "./crashes.ts";
import { http } from "./http.ts";
import { environmentOf, playInProcess, requestLines } from "./play.ts";
import { inProcessScenarios } from "./scenarios.ts";

/** The scenarios of the fixture that exists for each release of the crates. */
const scenarios = inProcessScenarios.filter(
  ({ fixture = "conformance" }) => fixture === "conformance",
);
const older: readonly FixtureName[] = ["conformance_beta1", "conformance_beta2"];

describe.for(older)("%s", (fixture) => {
  test.for(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async ([, scenario]) => {
      await using env = await TestEnvironment.create(environmentOf(scenario));
      expect(await playInProcess(scenario, env, fixtureBytes(fixture))).toEqual(scenario.expected);
      expect(requestLines(env).toSorted()).toEqual(scenario.requests ?? []);
    },
  );
  // Only the handling of requests depends on the crate.
  test.for([...http, ...crashes].map((scenario) => [scenario.name, scenario] as const))(
    "a crash anywhere changes nothing: %s",
    async ([, scenario]) => {
      const report = await crashEverywhere(
        (env) => playInProcess(scenario, env, fixtureBytes(fixture)),
        {
          environment: environmentOf(scenario),
          interruptRequests: false,
          sample: { count: 4, seed: 1 },
        },
      );
      expect(report.tried).toBeGreaterThan(0);
    },
  );
});
