import { describe, expect, test } from "vitest";
import { fixtureBytes, fixtureNames } from "@flawless-ts/test-helpers/fixtures";
import { inspectModule } from "./inspect-module.ts";
import { limitModule } from "./limit-module.ts";
import { moduleErrorOf } from "./module-error.testing.ts";

describe.each(fixtureNames)("the module %s, built with the flawless crate", (fixture) => {
  const bytes = fixtureBytes(fixture);

  test("is accepted, with the workflows that it exports", () => {
    const info = inspectModule(bytes);
    const name = fixture === "crawler_stand_in" ? "flawless-ts-crawler" : fixture.replace("_", "-");
    expect(info.name).toBe(name);
    expect(info.imports).toEqual([{ module: "wasabi", name: "submit", kind: "function" }]);
    expect(info.workflows.length).toBeGreaterThan(0);
    expect(info.memory.maxPages).toBe(null);
  });

  test("can be limited, which changes only its memory and table", () => {
    const info = inspectModule(bytes);
    const limited = limitModule(bytes, { maxMemoryPages: 1024, maxTableElements: 100_000 });
    const { contentHash, sizeBytes, memory, ...rest } = inspectModule(limited);
    expect(info).toMatchObject(rest);
    expect(memory).toEqual({ ...info.memory, maxPages: 1024 });
    expect(contentHash).not.toBe(info.contentHash);
    expect(sizeBytes - info.sizeBytes).toBeLessThan(10);
  });

  test("is refused if it is truncated anywhere", () => {
    for (let length = 1; length < bytes.length; length += 997) {
      expect(moduleErrorOf(() => inspectModule(bytes.subarray(0, length))).code).toMatch(
        /_TRUNCATED$|_NO_NAME$/,
      );
    }
  });
});

test("the module crawler is the one that users know", () => {
  expect(inspectModule(fixtureBytes("crawler"))).toMatchObject({
    version: "0.1.8",
    workflows: ["start"],
  });
});
