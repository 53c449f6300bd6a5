import { describe, expect, test } from "vitest";
import { quickPlan } from "./plan.ts";
import { formatDocument, formatTables, type Results } from "./report.ts";
import type { Measured, Stretch } from "./rounds.ts";

const stretches = (...speeds: readonly number[]): readonly Stretch[] =>
  speeds.map((perSecond) => ({ perSecond, p50Ms: 10, p99Ms: 20 }));
const measured = (publish: readonly number[], complete: readonly number[]): Measured => ({
  name: "",
  publish: stretches(...publish),
  complete: stretches(...complete),
});

const results: Results = {
  date: new Date("2026-01-02T03:04:05Z"),
  plan: quickPlan,
  machine: {
    cores: 2,
    processor: "a processor",
    memoryBytes: 2 ** 34,
    system: "Linux",
    node: "26.10.0",
    sqlite: "3.53.4",
    filesystem: "ext4",
    fsync: { p50Ms: 1, p99Ms: 2 },
  },
  controlPlane: "0.1.0",
  short: measured([3_000, 1_000, 2_000], [900, 800, 700]),
  long: measured([2_000, 2_000, 2_000], [400, 600, 500]),
  pgBoss: {
    measured: measured([1_000, 1_000, 1_000], [400, 300, 500]),
    versions: { pgBoss: "12.0.0", pg: "8.0.0", postgres: "15.1" },
  },
  otherLoad: 0,
};

describe("the report", () => {
  test("has medians, ranges and the ratio of medians", () => {
    const lines = formatTables(results)
      .split("\n")
      .map((line) => line.replaceAll(/ +/g, " "));
    expect(lines).toContain("| publish | 2,000 (1,000 to 3,000) | 1,000 (1,000 to 1,000) | 2.00 |");
    expect(lines).toContain("| claim, complete | 800 (700 to 900) | 400 (300 to 500) | 2.00 |");
    expect(lines).toContain(
      "| claim, in progress, complete | 500 (400 to 600) | 400 (300 to 500) | 1.25 |",
    );
  });

  test("omits pg-boss if it was not measured", () => {
    const tables = formatTables({ ...results, pgBoss: undefined });
    expect(tables).toMatch(/\| claim, complete +\| +800 \(700 to 900\) \| +- \| +- \|/);
    expect(tables).toContain("not measured");
  });

  test("warns about a busy machine and about files that are only in memory", () => {
    expect(formatTables(results)).not.toContain("**");
    expect(formatTables({ ...results, otherLoad: 0.5 })).toContain("**The machine was busy");
    const machine = { ...results.machine, filesystem: "tmpfs" };
    expect(formatTables({ ...results, machine })).toContain("**The files were in memory");
  });

  test("as a document, says when it was measured, with what, and how to repeat it", () => {
    const document = formatDocument(results);
    expect(document).toContain("Measured on 2026-01-02");
    expect(document).toContain("12.0.0, pg 8.0.0, PostgreSQL 15.1");
    expect(document).toContain("Medians of 3 rounds");
    expect(document).toContain("npm run bench:control-plane");
  });
});
