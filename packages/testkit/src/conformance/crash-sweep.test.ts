import { expect, test } from "vitest";
import { crashEverywhere } from "../crash/crash-everywhere.ts";
import { environmentOf, playInProcess } from "./play.ts";
import { sweptScenarios } from "./scenarios.ts";

/** Long journals are sampled, each scenario at other places: all boundaries take too long together. */
const sampleSize = 4;

test.for(sweptScenarios.map((scenario, index) => [scenario.name, scenario, index] as const))(
  "a crash anywhere changes nothing: %s",
  async ([, scenario, index]) => {
    const report = await crashEverywhere((env) => playInProcess(scenario, env), {
      environment: environmentOf(scenario),
      // That a guest is told of an interruption is a scenario of its own.
      interruptRequests: false,
      sample: { count: sampleSize, seed: index },
    });
    expect(report.tried + report.interruptions).toBe(Math.min(sampleSize, report.boundaries));
    expect(report.tried).toBeGreaterThan(0);
  },
);
