import { describe, expect, test } from "vitest";
import { parseOptions } from "./options.ts";
import { fullPlan, quickPlan } from "./plan.ts";

describe("parseOptions", () => {
  test("measures everything and writes it by default", () => {
    const { engines, ...others } = parseOptions([]);
    expect(others).toMatchObject({ mode: "measure", writes: true, plan: fullPlan });
    expect(engines).toEqual([
      "flawless",
      "restate",
      "dbos",
      "temporal",
      "temporal-memory",
      "obelisk",
    ]);
  });

  test("writes nothing after a quick run, or a run without some engines", () => {
    expect(parseOptions(["--quick"])).toMatchObject({ writes: false, plan: quickPlan });
    expect(parseOptions(["--quick", "--write"])).toMatchObject({ writes: true, plan: quickPlan });
    expect(parseOptions(["--only", "restate,flawless"])).toMatchObject({
      writes: false,
      plan: fullPlan,
      engines: ["restate", "flawless"],
    });
  });

  test("accepts another number of rounds, with more time for more of them", () => {
    expect(parseOptions(["--starts"])).toMatchObject({ mode: "starts", writes: true });
    expect(parseOptions(["--activities", "--only", "dbos"])).toMatchObject({ writes: true });
    expect(parseOptions(["--activities"])).toMatchObject({ mode: "activities", writes: true });
    expect(parseOptions(["--rounds", "9"]).plan).toEqual({
      ...fullPlan,
      rounds: 9,
      maxMs: 3 * fullPlan.maxMs,
    });
    expect(parseOptions(["--rounds", "1"]).plan).toEqual({ ...fullPlan, rounds: 1 });
  });

  test.for([
    [["--rounds", "0"], "--rounds takes a whole number"],
    [["--rounds", "many"], "--rounds takes a whole number"],
    [["--only", "cadence"], "--only takes some of"],
    [["--quick", "--render"], "give one of them"],
    [["--fast"], "--fast"],
  ] as const)("refuses %j", ([parameters, message]) => {
    expect(() => parseOptions(parameters)).toThrow(message);
  });
});
