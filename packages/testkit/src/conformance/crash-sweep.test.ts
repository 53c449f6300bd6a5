import { expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { environmentOf, playInProcess } from "./play.ts";
import { sweptScenarios } from "./scenarios.ts";

/** Long journals are sampled, each scenario at different boundaries, because all of them would take too long. */
const sampleSize = 4;

test.for(sweptScenarios.map((scenario, index) => [scenario.name, scenario, index] as const))(
  "a crash anywhere changes nothing: %s",
  async ([, scenario, index]) => {
    const report = await crashEverywhere((env) => playInProcess(scenario, env), {
      environment: environmentOf(scenario),
      // Another scenario covers the interruption that a guest sees.
      interruptRequests: false,
      sample: { count: sampleSize, seed: index },
    });
    expect(report.tried + report.interruptions).toBe(Math.min(sampleSize, report.boundaries));
    expect(report.tried).toBeGreaterThan(0);
  },
);
