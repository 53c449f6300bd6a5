import { beforeEach, describe, expect, test } from "vitest";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { TestEnvironment } from "../environment/test-environment.ts";
import { formatStepCoverage, resetStepCoverage, stepCoverage } from "./step-coverage.ts";

beforeEach(resetStepCoverage);

async function runSome(): Promise<void> {
  await using env = await TestEnvironment.create({ http: { "*": { body: "fine" } } });
  const module = await env.deploy(fixtureBytes("conformance"));
  await (await module.start("sleep_steps", { count: 3, ms: 10 })).completion();
  await (
    await module.start("http", { method: "GET", url: "http://a.example/x?y=1", headers: [] })
  ).completion();
  await (await module.start("receive_timeout", { ms: 5 })).completion();
}

describe("stepCoverage", () => {
  test("counts the host calls of each workflow, by site", async () => {
    await runSome();
    const of = (workflow: string): unknown => {
      const found = stepCoverage().find((coverage) => coverage.workflow === workflow);
      return found && { runs: found.runs, calls: Object.fromEntries(found.calls) };
    };
    expect(of("sleep_steps")).toEqual({ runs: 1, calls: { Sleep: 3, SendResponse: 1 } });
    expect(of("http")).toEqual({
      runs: 1,
      calls: { "GET http://a.example/x": 1, SendResponse: 1 },
    });
    expect(of("receive_timeout")).toMatchObject({
      calls: { "RecvMessage approve with time-out": 1 },
    });
  });

  test("shows the workflows that nobody started", async () => {
    await runSome();
    const never = stepCoverage().filter(({ runs }) => runs === 0);
    expect(never.map(({ workflow }) => workflow)).toContain("ten_steps");
    expect(formatStepCoverage(stepCoverage())).toMatch(/conformance 1\.0\.0 +ten_steps +0 +-/);
  });

  test("has a line for each workflow under one heading", async () => {
    await runSome();
    const lines = formatStepCoverage(stepCoverage()).split("\n");
    expect(lines[0]).toMatch(/^module +workflow +runs +host calls$/);
    expect(lines.find((line) => line.includes("sleep_steps"))).toContain("Sleep ×3");
  });
});
